"""Everything needed to repeat a training run, and the named recipe of each model."""

from core.configs.checking import Setting
from core.configs.presets import (
    PRESETS,
    SHORT_RUN,
    SMALL_STUDY_BATCH,
    SMALL_STUDY_EPOCHS,
    STUDY_HELD_OUT,
    preset,
    small_study,
)
from core.configs.texts import settings_of
from core.configs.training import (
    ChosenBy,
    Optimizer,
    Protocol,
    Schedule,
    TestViews,
    TrainConfig,
    masks_to_test,
    own_test_mask,
)

__all__ = [
    "PRESETS",
    "SHORT_RUN",
    "SMALL_STUDY_BATCH",
    "SMALL_STUDY_EPOCHS",
    "STUDY_HELD_OUT",
    "ChosenBy",
    "Optimizer",
    "Protocol",
    "Schedule",
    "Setting",
    "TestViews",
    "TrainConfig",
    "masks_to_test",
    "own_test_mask",
    "preset",
    "settings_of",
    "small_study",
]
