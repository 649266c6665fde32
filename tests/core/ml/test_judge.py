"""A network with what is before and after it, as one module."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.configs import TestViews
from core.images.masks import cover
from core.ml.batches import network_input
from core.ml.evaluation import probabilities
from core.ml.judge import FixedPool, Judge, resizing
from core.ml.models import build
from db.enums import Mask


@pytest.mark.parametrize(("rows", "side", "size"), [(48, 48, 128), (36, 48, 40), (64, 64, 48)])
def test_resizing_is_a_product_with_two_matrices(rows, side, size):
    pixels = torch.randint(0, 256, (2, rows, side), dtype=torch.uint8)
    down, across = resizing(rows, side, size)
    torch.testing.assert_close(
        down @ (pixels.float() / 255) @ across, network_input(pixels, size)[:, 0]
    )


def test_faces_of_the_right_size_stay_as_they_are():
    down, across = resizing(48, 48, 48)
    assert torch.equal(down, torch.eye(48))
    assert torch.equal(across, torch.eye(48))


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (4, 4), (3, 9)])
def test_pooling_to_a_size_is_a_product_for_inputs_of_one_shape(rows, columns):
    pool = torch.nn.AdaptiveAvgPool2d((7, 5))
    features = torch.rand(2, 3, rows, columns)
    torch.testing.assert_close(FixedPool(pool, features.shape)(features), pool(features))


@pytest.mark.parametrize("views", TestViews)
@pytest.mark.parametrize("mask", [Mask.EYES, Mask.CROP_EYES])
def test_it_says_what_evaluation_says(faces, tiny, views, mask):
    config = replace(tiny, mask=mask, test_views=views, mixed_precision=False)
    network = build(config).eval()
    covered = cover(faces.pixels, mask)
    judge = Judge(network, config, rows=covered.shape[1], side=32).eval()
    with torch.inference_mode():
        found = judge(torch.from_numpy(covered)).numpy()
    np.testing.assert_allclose(found, probabilities(network, faces, config), atol=1e-5)
