"""One sample that the tests of this folder share: drawing it takes a few seconds."""

import pytest

from core.images.drawing.sample import DrawnFace, draw_sample


@pytest.fixture(scope="session")
def sample() -> list[DrawnFace]:
    """200 drawn images of seed 0, faults included."""
    return draw_sample(200, seed=0)
