"""Curves of a linear network, whose true order is known."""

import numpy as np
import pytest
import torch
from torch import nn

from core.configs import preset
from core.metrics.faithfulness import CurveKind, Fill, areas, ranks
from core.ml.perturbing import ends, filled, probabilities_along
from db.enums import ModelName

CONFIG = preset(ModelName.FAST, mixed_precision=False)
SIDE, N = 12, 40
GREY = 128 / 255
LABELS = np.full(N, 2)


class Linear(nn.Module):
    """Logit 2 is a weighted sum of pixels, all other logits are 0."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.weights = nn.Parameter(torch.randn(SIDE, SIDE))

    def forward(self, faces):
        logits = torch.zeros(len(faces), 7)
        logits[:, 2] = (faces[:, 0] * self.weights).sum(dim=(1, 2))
        return logits


MODEL = Linear().eval()
SEEN = torch.rand(N, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
TRUE = ((SEEN[:, 0] - GREY) * MODEL.weights).detach().numpy()


def curve(order_map, kind, fill=Fill.GREY):
    start, end = ends(SEEN, kind, fill)
    order = ranks(order_map, np.random.default_rng(0))
    return probabilities_along(MODEL, start, end, order, LABELS, CONFIG)


def test_a_curve_starts_with_the_face_and_ends_without_it():
    found = curve(TRUE, CurveKind.DELETION)
    assert found.shape == (N, 21)
    for step, faces in ((0, SEEN), (20, filled(SEEN, Fill.GREY))):
        expected = MODEL(faces).softmax(dim=1)[:, 2].detach().numpy()
        np.testing.assert_allclose(found[:, step], expected, rtol=1e-5)


def test_a_step_takes_every_20th_of_the_pixels():
    found = curve(TRUE, CurveKind.DELETION)
    picture = SEEN[0, 0].clone().flatten()
    picture[np.argsort(-TRUE[0].ravel())[:36]] = GREY  # a quarter of 144
    expected = MODEL(picture.reshape(1, 1, SIDE, SIDE)).softmax(dim=1)[0, 2].item()
    assert found[0, 5] == pytest.approx(expected, rel=1e-5)


def test_deleting_in_the_true_order_leaves_less_than_in_a_random_one_and_inserting_gives_more():
    flat = np.zeros_like(TRUE)
    deleted = areas(curve(flat, CurveKind.DELETION)) - areas(curve(TRUE, CurveKind.DELETION))
    inserted = areas(curve(TRUE, CurveKind.INSERTION)) - areas(curve(flat, CurveKind.INSERTION))
    assert deleted.min() > 0
    assert inserted.min() > 0


def test_the_turned_order_is_the_worst():
    for order in (np.zeros_like(TRUE), TRUE):
        worse = areas(curve(-TRUE, CurveKind.DELETION)) - areas(curve(order, CurveKind.DELETION))
        assert worse.min() > 0


def test_a_blurred_face_keeps_its_light_and_loses_its_detail():
    stripes = torch.zeros(1, 1, 48, 48)
    stripes[:, :, :, ::2] = 1
    blurred = filled(stripes, Fill.BLUR)
    assert blurred.shape == stripes.shape
    assert blurred.mean().item() == pytest.approx(0.5, abs=0.01)
    assert blurred[:, :, 8:-8, 8:-8].std().item() < 0.01
    assert filled(torch.rand(1, 1, 24, 48), Fill.BLUR).shape == (1, 1, 24, 48)  # a cropped face
