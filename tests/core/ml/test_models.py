"""The networks' shapes and sizes."""

import pytest
import torch
from torchvision.models import resnet50, vgg16

from core.configs import preset
from core.ml.models import build, standardised
from db.enums import ModelName


def n_parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("side", [32, 47, 48])
def test_the_fast_network_takes_any_size_and_returns_seven_logits(side):
    model = build(preset(ModelName.FAST)).eval()
    assert model(torch.rand(2, 1, side, side)).shape == (2, 7)


def test_the_fast_network_has_about_a_million_parameters():
    assert 0.5e6 < n_parameters(build(preset(ModelName.FAST))) < 1.5e6


@pytest.mark.parametrize(
    ("name", "definition", "grey_saves"),
    [(ModelName.VGG16, vgg16, 2 * 64 * 3 * 3), (ModelName.RESNET50, resnet50, 2 * 64 * 7 * 7)],
)
def test_the_study_networks_are_torchvisions_but_for_one_grey_channel(name, definition, grey_saves):
    with torch.device("meta"):
        ours, theirs = build(preset(name)), definition(weights=None, num_classes=7)
    assert n_parameters(ours) == n_parameters(theirs) - grey_saves


def test_the_study_networks_also_run_at_48_pixels():
    model = build(preset(ModelName.RESNET50, image_size=48)).eval()
    assert model(torch.rand(1, 1, 48, 48)).shape == (1, 7)


def test_the_same_seed_gives_the_same_weights():
    drawn = []
    for _ in range(2):
        torch.manual_seed(5)
        drawn.append(
            torch.nn.utils.parameters_to_vector(build(preset(ModelName.FAST)).parameters())
        )
    assert torch.equal(*drawn)


def test_light_and_contrast_do_not_change_a_standardised_face():
    face = torch.rand(1, 1, 8, 8)
    assert torch.allclose(standardised(face), standardised(0.9 * face + 0.05), atol=0.05)


def test_a_blank_face_stays_finite():
    assert torch.equal(standardised(torch.full((1, 1, 8, 8), 0.5)), torch.zeros(1, 1, 8, 8))
