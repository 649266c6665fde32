"""The template and how landmarks are stored."""

import numpy as np
import pytest

from core.images.landmarks import packed, stand_in, template, unpacked


def test_the_stand_in_is_the_template_and_says_that_nothing_was_detected():
    points, is_detected = stand_in()
    assert (points.dtype, points.shape, is_detected) == (np.float32, (68, 2), False)
    np.testing.assert_allclose(points, template(), atol=1e-6)


def test_landmarks_come_back_as_they_were_stored():
    points = np.random.default_rng(0).normal(size=(3, 68, 2)).astype(np.float32)
    stored = [packed(face) for face in points]
    assert {len(one) for one in stored} == {68 * 2 * 4}
    assert np.array_equal(unpacked(b"".join(stored)), points)


def test_the_template_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        template()[0, 0] = 0.5
