"""The tile task as the saliency job does it."""

import numpy as np
import pytest
import torch

from core.configs import preset
from core.images.faces import FaceSet
from core.jobs.handlers.tiles import densities, played
from core.maps.tile_grid import tile_of
from core.ml.models import build
from core.ml.tiles import N_TRIALS
from db.enums import ModelName

CONFIG = preset(ModelName.FAST, mixed_precision=False, seed=4)


@pytest.fixture
def faces():
    rng = np.random.default_rng(0)
    return FaceSet(
        image_ids=np.arange(3) + 10,
        pixels=rng.integers(0, 256, (3, 48, 48), dtype=np.uint8),
        labels=np.array([0, 1, 2]),
        splits=np.full(3, "test"),
        groups=np.arange(3),
    )


def test_both_networks_are_played_and_both_are_told_of(faces):
    torch.manual_seed(0)
    told: list[int] = []
    found = played(build(CONFIG), build(CONFIG), faces, CONFIG, on_face=told.append)
    assert told == [3, 6]
    assert found.image_ids.tolist() == [10, 11, 12]
    assert int(found.n_trials) == N_TRIALS
    assert found.weights.shape == found.untrained_weights.shape == (3, 8, 6)


def test_a_density_has_mean_1_with_each_tile_in_its_place():
    weights = np.zeros((2, 8, 6), dtype=np.float32)
    weights[0, 5, 2] = 0.4
    found = densities(weights).astype(np.float64)
    assert found.shape == (2, 48, 48)
    assert found[0].mean() == pytest.approx(1, rel=1e-2)
    assert found[0][tile_of(48) == 5 * 6 + 2].min() > found[0].max() / 4  # its border is shared
    assert found[0][tile_of(48) == 0].max() == 0
    assert found[1].max() == 0  # never right: an empty map
