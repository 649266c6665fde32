"""From stored pixels to network input."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.images.masks import MID_GREY
from core.ml.batches import batches_of, masked_faces, n_batches, network_input
from db.enums import Mask


@given(st.integers(1, 300), st.integers(2, 64))
def test_every_face_comes_once_and_batches_are_even(n, batch_size):
    batches = batches_of(torch.randperm(n), batch_size)
    assert sorted(torch.cat(batches).tolist()) == list(range(n))
    sizes = {len(batch) for batch in batches}
    assert max(sizes) <= batch_size
    assert max(sizes) - min(sizes) <= 1
    assert len(batches) == n_batches(n, batch_size)


def test_input_runs_from_black_0_to_white_1():
    pixels = torch.tensor([[[0, 255], [51, 102]]], dtype=torch.uint8)
    expected = torch.tensor([[[[0.0, 1.0], [0.2, 0.4]]]])
    assert torch.allclose(network_input(pixels, 2), expected)


def test_resizing_keeps_the_mean_light():
    pixels = torch.randint(0, 256, (3, 48, 48), dtype=torch.uint8)
    means = [network_input(pixels, size).mean() for size in (24, 48, 96)]
    assert torch.allclose(means[0], means[1], atol=0.01)
    assert torch.allclose(means[2], means[1], atol=0.01)


def test_masked_faces_hide_the_band_before_anything_else_sees_it(faces):
    chosen = masked_faces(faces, np.array([3, 1]), Mask.FOREHEAD, torch.device("cpu"))
    assert (chosen.pixels[:, :8] == MID_GREY).all()
    assert np.array_equal(chosen.pixels[:, 8:], faces.pixels[[3, 1], 8:])
    assert chosen.labels.tolist() == [3, 1]
