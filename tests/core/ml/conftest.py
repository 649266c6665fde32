"""Small sets of made-up faces that a network can tell apart."""

import numpy as np
import pytest
import torch

from core.configs import preset
from core.images.faces import FaceSet
from core.quality.partition import partition
from db.enums import ModelName


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Use one thread: for networks this small, waiting for a second one costs more than it does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def square_faces(n_train, n_test, side=32, seed=0):
    """Return noisy faces whose emotion is the place of a bright square, groups all different."""
    rng = np.random.default_rng(seed)
    n = n_train + n_test
    labels = np.arange(n) % 7
    pixels = rng.integers(60, 120, (n, side, side)).astype(np.uint8)
    for face, label in zip(pixels, labels, strict=True):
        row, column = 4 + 9 * (label // 3), 2 + 10 * (label % 3)
        face[row : row + 7, column : column + 7] = 250
    return FaceSet(
        image_ids=np.arange(n),
        pixels=pixels,
        labels=labels.astype(np.int64),
        splits=np.array(["train"] * n_train + ["validation"] * n_test),
        groups=np.arange(n),
    )


@pytest.fixture(scope="session")
def faces():
    """Fifty-six training and fourteen test faces, uint8, 32 pixels a side."""
    return square_faces(56, 14)


@pytest.fixture(scope="session")
def parts(faces):
    """Forty-two faces to train on, fourteen to choose the epoch, fourteen to test."""
    return partition(faces, validation_share=0.25, seed=0)


@pytest.fixture
def tiny():
    """A recipe that takes a second: the fast network on faces of 32 pixels, three epochs."""
    return preset(
        ModelName.FAST, image_size=32, start_size=32, batch_size=14, epochs=3, learning_rate=0.02
    )
