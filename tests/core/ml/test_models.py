"""The networks' shapes and sizes."""

import numpy as np
import pytest
import torch
from torchvision.models import resnet50, vgg16, vgg16_bn

from core.configs import PRESETS, preset
from core.ml.fast_net import standardised
from core.ml.models import build, untrained
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
    [
        (ModelName.VGG16, vgg16, 2 * 64 * 3 * 3),
        (ModelName.VGG16_BN, vgg16_bn, 2 * 64 * 3 * 3),
        (ModelName.RESNET50, resnet50, 2 * 64 * 7 * 7),
        (ModelName.RESNET50_REG, resnet50, 2 * 64 * 7 * 7),
    ],
)
def test_the_study_networks_are_torchvisions_but_for_one_grey_channel(name, definition, grey_saves):
    with torch.device("meta"):
        ours, theirs = build(preset(name)), definition(weights=None, num_classes=7)
    assert n_parameters(ours) == n_parameters(theirs) - grey_saves
    assert ours.state_dict().keys() == theirs.state_dict().keys()


@pytest.mark.parametrize(
    ("name", "shares"),
    [(ModelName.VGG16, [0.5, 0.5]), (ModelName.VGG16_BN, [0.3, 0.3])],
)
def test_vgg_drops_out_what_its_recipe_says(name, shares):
    with torch.device("meta"):
        model = build(preset(name))
    assert [one.p for one in model.modules() if isinstance(one, torch.nn.Dropout)] == shares


def test_a_regularised_head_leaves_out_features_in_training_only():
    model = build(preset(ModelName.RESNET50_REG, dropout=0.5))
    features = torch.ones(1, 2048)
    assert not torch.equal(model.train().fc(features), model.fc(features))
    assert torch.equal(model.eval().fc(features), model.fc(features))


@pytest.mark.parametrize("rows", [24, 36, 48])
@pytest.mark.parametrize("name", list(PRESETS))
def test_every_network_takes_48_pixels_and_what_a_crop_leaves_of_them(name, rows):
    with torch.device("meta"):
        model = build(preset(name, image_size=48)).eval()
        assert model(torch.rand(1, 1, rows, 48)).shape == (1, 7)


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


def test_a_standardised_face_has_mean_0_and_its_own_spread():
    face = np.random.default_rng(0).random((1, 1, 8, 8))
    by_hand = (face - face.mean()) / (face.std() + 0.03)
    assert np.allclose(standardised(torch.from_numpy(face)).numpy(), by_hand)


def test_a_blank_face_has_no_slope_that_is_not_a_number():
    face = torch.full((1, 1, 8, 8), 0.5, requires_grad=True)
    (slope,) = torch.autograd.grad(standardised(face)[0, 0, 0, 0], face)
    assert torch.isfinite(slope).all()


def test_a_blank_face_stays_finite():
    assert torch.equal(standardised(torch.full((1, 1, 8, 8), 0.5)), torch.zeros(1, 1, 8, 8))


def test_the_strong_network_keeps_six_cells_a_side_and_has_the_size_of_resnet_18():
    model = build(preset(ModelName.STRONG)).eval()
    assert 11.1e6 < n_parameters(model) < 11.3e6
    cells = []
    model.layer4.register_forward_hook(lambda *hooked: cells.append(hooked[2].shape))
    assert model(torch.rand(1, 1, 48, 48)).shape == (1, 7)
    assert cells == [(1, 512, 6, 6)]


def test_light_does_not_matter_to_the_strong_network():
    model = build(preset(ModelName.STRONG)).eval()
    faces = torch.rand(2, 1, 32, 32)
    assert torch.allclose(model(faces), model(0.95 * faces + 0.02), atol=0.2)


def test_an_untrained_network_follows_the_runs_seed_and_leaves_other_randomness_alone():
    before = torch.random.get_rng_state()
    first, again, other = (untrained(preset(ModelName.FAST, seed=seed)) for seed in (3, 3, 4))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert not first.training
    assert torch.equal(first.classifier.weight, again.classifier.weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
