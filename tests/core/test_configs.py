"""Recipes are checked values that survive a trip through JSON."""

import json

import pytest

from core.configs import (
    PRESETS,
    SMALL_STUDY_EPOCHS,
    Optimizer,
    Protocol,
    TestViews,
    TrainConfig,
    own_test_mask,
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


@pytest.mark.parametrize(
    "model",
    [ModelName.VGG16, ModelName.VGG16_BN, ModelName.RESNET50, ModelName.RESNET50_REG],
)
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
        ("dropout", 1.0),
        ("mixup", -0.1),
        ("ema_decay", 1),
        ("chosen_by", "luck"),
        ("temperature", 0),
        ("distill_weight", 0),
        ("protocol", "hasty"),
        ("test_views", "two"),
        ("random_masks", []),
        ("random_masks", "eyes"),
        ("random_masks", ["eyes", "random"]),
        ("random_masks", ["crop-eyes"]),
        ("random_masks", ["left ear"]),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=name):
        preset(ModelName.FAST, **{name: value})


def test_masks_to_draw_from_are_read_from_a_list():
    config = preset(ModelName.FAST, mask="random", random_masks=["eyes", "surgical"])
    assert config.random_masks == (Mask.EYES, Mask.SURGICAL)


def test_a_cropped_student_cannot_have_a_teacher():
    with pytest.raises(ConfigError, match="give eyes with teacher_run"):
        preset(ModelName.FAST, mask="crop-eyes", teacher_run=3)


def test_the_studys_protocol_holds_out_a_fifth_unless_told_otherwise():
    assert preset(ModelName.FAST, protocol="study").validation_share == 0.2
    assert preset(ModelName.FAST, protocol="study", validation_share=0.3).validation_share == 0.3
    assert preset(ModelName.VGG16).protocol is Protocol.HONEST


@pytest.mark.parametrize(("flips", "views"), [(True, TestViews.FLIP), (False, TestViews.ONE)])
def test_a_configuration_stored_before_there_were_views_is_still_read(flips, views):
    config = TrainConfig.from_json({"model": "fast", "flip_test": flips})
    assert config.test_views is views


@pytest.mark.parametrize("mask", list(Mask))
def test_a_runs_headline_is_under_its_own_mask_and_under_none_where_it_is_random(mask):
    assert own_test_mask(mask) is (Mask.NONE if mask is Mask.RANDOM else mask)


def test_a_configuration_without_model_is_refused():
    with pytest.raises(ConfigError, match="fast, strong, vgg16"):
        TrainConfig.from_json({"epochs": 3})


@pytest.mark.parametrize("mask", list(STUDY_MASKS))
def test_the_study_in_small_is_the_fast_recipe_at_full_size_throughout(mask):
    config = small_study(mask)
    assert (config.model, config.mask, config.start_size) == (ModelName.FAST, mask, 48)
    assert config.epochs == SMALL_STUDY_EPOCHS
