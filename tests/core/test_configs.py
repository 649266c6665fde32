"""Recipes are checked values that survive a trip through JSON."""

import json

import pytest

from core.configs import (
    PRESETS,
    SMALL_STUDY_EPOCHS,
    Optimizer,
    TrainConfig,
    preset,
    small_study,
)
from core.errors import ConfigError
from db.enums import STUDY_MASKS, Mask, ModelName


@pytest.mark.parametrize("model", list(PRESETS))
def test_every_model_has_a_recipe_of_its_own_name(model):
    assert PRESETS[model].model is model


@pytest.mark.parametrize("model", list(PRESETS))
def test_a_recipe_survives_json(model):
    config = preset(model, mask="eyes", seed=3)
    assert TrainConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.parametrize("model", [ModelName.VGG16, ModelName.RESNET50])
def test_the_study_is_followed_to_the_letter(model):
    config = preset(model)
    assert (config.image_size, config.batch_size, config.epochs, config.patience) == (
        128,
        32,
        30,
        3,
    )
    assert (config.optimizer, config.learning_rate) == (Optimizer.ADAM, 1e-4)
    assert (config.validation_share, config.label_smoothing, config.augment) == (0.2, 0.0, False)


def test_a_smaller_image_size_lowers_the_start_size_too():
    config = preset(ModelName.VGG16, image_size=48)
    assert (config.image_size, config.start_size) == (48, 48)


def test_overrides_take_plain_values():
    config = preset(ModelName.FAST, mask="mouth", epochs=2, learning_rate=1)
    assert (config.mask, config.epochs, config.learning_rate) == (Mask.MOUTH, 2, 1.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", -1),
        ("image_size", 31),
        ("start_size", 8),
        ("start_size", 512),
        ("batch_size", 1),
        ("epochs", 0),
        ("epochs", True),
        ("epochs", "3"),
        ("epochs", 2.5),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("weight_decay", -1e-9),
        ("label_smoothing", 1.0),
        ("patience", 0),
        ("validation_share", 0.0),
        ("validation_share", 0.6),
        ("mask", "nose"),
        ("optimizer", None),
        ("augment", 1),
        ("momentum", 0.9),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=name):
        preset(ModelName.FAST, **{name: value})


def test_a_configuration_without_model_is_refused():
    with pytest.raises(ConfigError, match="fast, strong, vgg16"):
        TrainConfig.from_json({"epochs": 3})


@pytest.mark.parametrize("mask", list(STUDY_MASKS))
def test_the_study_in_small_is_the_fast_recipe_at_full_size_throughout(mask):
    config = small_study(mask)
    assert (config.model, config.mask, config.start_size) == (ModelName.FAST, mask, 48)
    assert config.epochs == SMALL_STUDY_EPOCHS
