"""The named recipe of each model; every setting can be overridden in the page and the CLI."""

from collections.abc import Mapping
from dataclasses import replace

from core.configs.checking import Setting
from core.configs.training import Optimizer, Protocol, Schedule, TestViews, TrainConfig
from db.enums import Mask, ModelName

SMALL_STUDY_EPOCHS = 16  # of `fast` on about 800 drawn faces: four masks take under 3 minutes
SMALL_STUDY_BATCH = 32  # 25 steps an epoch there; with 64 it learns half as much in the time
# `fast` with few steps, on few faces or for few epochs: smaller steps, and more of them an epoch,
# milder views, two views of a test face, and no average, which would reach back too far.
SHORT_RUN: Mapping[str, Setting] = {
    "batch_size": 64,
    "learning_rate": 0.05,
    "augment_strength": 1.0,
    "ema_decay": 0.0,
    "test_views": TestViews.FLIP.value,
}
STUDY_HELD_OUT = 0.2  # of the training split, stratified, to stop by

# The study: Adam at a constant rate, batches of 32, faces resized to 128 px, no augmentation, at
# most 30 epochs, ended by 3 without a better validation loss. VGG-16's dropout of 0.5 is its own.
_STUDY = TrainConfig(
    model=ModelName.VGG16,
    image_size=128,
    start_size=128,
    batch_size=32,
    epochs=30,
    learning_rate=1e-4,
    optimizer=Optimizer.ADAM,
    schedule=Schedule.CONSTANT,
    dropout=0.5,
    patience=3,
    validation_share=STUDY_HELD_OUT,
)

# On two cores: few, wide layers (README, Decisions), Muon, faces that grow from 32 to 48 px, and
# averaged weights, which pass the study's best while the rate is still at its peak.
_FAST = TrainConfig(
    model=ModelName.FAST,
    image_size=48,
    start_size=32,
    batch_size=128,
    epochs=34,
    learning_rate=0.04,
    optimizer=Optimizer.MUON,
    weight_decay=5e-4,
    label_smoothing=0.1,
    augment=True,
    augment_strength=1.25,
    ema_decay=0.997,
    test_views=TestViews.NEARBY,
)

# On one GPU: ResNet-18 for small faces, with what FER2013's best single networks share (LetheSec,
# WuJie1010): Nesterov's SGD, erased rectangles, mixed faces, smoothed labels. Not their ten crops:
# `fast`, trained on whole faces too, loses 1 point with them and gains 1 with shifts.
_STRONG = TrainConfig(
    model=ModelName.STRONG,
    image_size=48,
    start_size=48,
    batch_size=128,
    epochs=100,
    learning_rate=0.1,
    optimizer=Optimizer.SGD,
    weight_decay=5e-4,
    label_smoothing=0.1,
    augment=True,
    augment_strength=1.5,
    erasing=0.25,
    mixup=0.2,
    plain_epochs=10,
    ema_decay=0.998,
    test_views=TestViews.SHIFTS,
)

PRESETS: Mapping[ModelName, TrainConfig] = {
    ModelName.FAST: _FAST,
    ModelName.STRONG: _STRONG,
    ModelName.VGG16: _STUDY,
    # The study's baselines: batch norm after each convolution, and dropout of 0.3.
    ModelName.VGG16_BN: replace(_STUDY, model=ModelName.VGG16_BN, dropout=0.3),
    # ResNet-50 has batch norm of its own; the study's baseline adds dropout before the head.
    ModelName.RESNET50: replace(_STUDY, model=ModelName.RESNET50, dropout=0.0),
    ModelName.RESNET50_REG: replace(_STUDY, model=ModelName.RESNET50_REG, dropout=0.3),
}


def preset(model: ModelName, **overrides: Setting) -> TrainConfig:
    """Return a model's recipe with some settings replaced.

    Two settings follow others where they are not given themselves: a smaller `image_size` lowers
    `start_size`, so that `preset(ModelName.VGG16, image_size=48)` is a sensible run, and the
    study's protocol holds out a fifth of the training split.

    Raises:
        ConfigError: If a setting is unknown or a value cannot work.
    """
    settings = PRESETS[model].to_json() | overrides
    size, start = settings["image_size"], settings["start_size"]
    if "start_size" not in overrides and isinstance(size, int) and isinstance(start, int):
        settings["start_size"] = min(size, start)
    if settings["protocol"] == Protocol.STUDY and "validation_share" not in overrides:
        settings["validation_share"] = STUDY_HELD_OUT
    return TrainConfig.from_json(settings)


def small_study(mask: Mask) -> TrainConfig:
    """Return the recipe of the study in small: `fast` on a few hundred faces, in half a minute."""
    overrides: dict[str, Setting] = {
        **SHORT_RUN,
        "mask": mask.value,
        "epochs": SMALL_STUDY_EPOCHS,
        "batch_size": SMALL_STUDY_BATCH,
        "start_size": PRESETS[ModelName.FAST].image_size,
    }
    return preset(ModelName.FAST, **overrides)
