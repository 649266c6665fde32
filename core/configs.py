"""Everything needed to repeat a training run, and the named recipe of each model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from core.errors import ConfigError
from db.enums import Mask, ModelName

Setting = str | int | float | bool | None

SMALL_STUDY_EPOCHS = 12  # `fast` on about 800 drawn faces: learns, and four masks take minutes


class Optimizer(StrEnum):
    """How weights are updated."""

    ADAM = "adam"
    SGD = "sgd"
    MUON = "muon"


class Schedule(StrEnum):
    """How the learning rate moves: not at all, or up and down once over the whole run."""

    CONSTANT = "constant"
    ONE_CYCLE = "one_cycle"


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """One training run, checked when it is made.

    Attributes:
        model: The network.
        mask: The part of the face that is covered, in training and (unless said otherwise) testing.
        seed: Starts every random choice of the run: weights, order, augmentation, held-out share.
        image_size: Side in pixels that faces are resized to.
        start_size: Side in pixels of the first epochs; grows to `image_size`. Small is fast.
        batch_size: Faces a step.
        epochs: Most passes over the training faces; exactly as many when `patience` is None.
        learning_rate: The constant rate, or the peak of the schedule.
        optimizer: Adam, SGD with Nesterov momentum 0.9, or Muon (see `core.ml.muon`).
        schedule: What the learning rate does.
        weight_decay: L2 penalty on weights of two or more dimensions.
        label_smoothing: Share of each target spread evenly over all classes, 0..1.
        patience: Epochs without a better validation loss before the run ends; None never ends it.
        validation_share: Share of the training split held out where no validation split exists.
        augment: Whether training faces are flipped, moved, turned and scaled at random.
        flip_test: Whether test probabilities are averaged over each face and its mirror image.
        mixed_precision: Whether bfloat16 is used where the device is faster with it.

    Raises:
        ConfigError: If a value cannot work; the message names it and says what can.
    """

    model: ModelName
    mask: Mask = Mask.NONE
    seed: int = 0
    image_size: int = 48
    start_size: int = 48
    batch_size: int = 128
    epochs: int = 30
    learning_rate: float = 1e-3
    optimizer: Optimizer = Optimizer.SGD
    schedule: Schedule = Schedule.ONE_CYCLE
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    patience: int | None = None
    validation_share: float = 0.1
    augment: bool = False
    flip_test: bool = False
    mixed_precision: bool = True

    def __post_init__(self) -> None:
        _at_least("seed", self.seed, 0)
        _at_least("image_size", self.image_size, 32)  # VGG-16 halves the side five times
        _at_least("start_size", self.start_size, 16)
        _at_least("batch_size", self.batch_size, 2)  # batch norm needs two faces
        _at_least("epochs", self.epochs, 1)
        _at_least("weight_decay", self.weight_decay, 0)
        _at_least("patience", 1 if self.patience is None else self.patience, 1)
        _inside("learning_rate", self.learning_rate, 0, 10)
        _inside("validation_share", self.validation_share, 0, 0.5, or_equal=True)
        if not 0 <= self.label_smoothing < 1:
            raise ConfigError(
                f"label_smoothing is {self.label_smoothing}; give a share from 0 to below 1."
            )
        if self.start_size > self.image_size:
            raise ConfigError(
                f"start_size is {self.start_size}, above image_size {self.image_size}; "
                "give at most the image size."
            )

    def to_json(self) -> dict[str, Setting]:
        """Return the settings by name, ready for JSON."""
        return {
            name: str(value) if isinstance(value, StrEnum) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, settings: Mapping[str, Setting]) -> "TrainConfig":
        """Return the configuration that `to_json` wrote.

        Raises:
            ConfigError: If a name is unknown or a value is of the wrong kind or out of range.
        """
        known = {field.name: field.type for field in fields(cls)}
        unknown = sorted(settings.keys() - known.keys())
        if unknown:
            raise ConfigError(
                f"There is no training setting {unknown[0]!r}; known settings: {', '.join(known)}."
            )
        if "model" not in settings:
            raise ConfigError(f"No model is named; give one of {', '.join(ModelName)}.")
        checked = {name: _typed(name, value, known[name]) for name, value in settings.items()}
        return cls(**checked)


def _typed(name: str, value: Setting, kind: Any) -> Any:
    """Return the value as its field's type: enums from their text, floats from whole numbers."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if value not in list(kind):
            raise ConfigError(f"{name} is {value!r}; give one of {', '.join(kind)}.")
        return kind(value)
    if kind is float and type(value) is int:
        return float(value)
    is_bool_for_number = isinstance(value, bool) and kind is not bool
    if is_bool_for_number or not isinstance(value, kind):
        wanted = getattr(kind, "__name__", str(kind))
        raise ConfigError(f"{name} is {value!r}; give a value of type {wanted}.")
    return value


def _at_least(name: str, value: float, least: float) -> None:
    """Refuse a value below `least`."""
    if not value >= least:
        raise ConfigError(f"{name} is {value}; give at least {least}.")


def _inside(name: str, value: float, low: float, high: float, *, or_equal: bool = False) -> None:
    """Refuse a value outside low (excluded) to high (excluded unless `or_equal`)."""
    if not (low < value < high or (or_equal and value == high)):
        raise ConfigError(f"{name} is {value}; give a value above {low} and up to {high}.")


_STUDY = TrainConfig(
    model=ModelName.VGG16,
    image_size=128,
    start_size=128,
    batch_size=32,
    epochs=30,
    learning_rate=1e-4,
    optimizer=Optimizer.ADAM,
    schedule=Schedule.CONSTANT,
    patience=3,
    validation_share=0.2,
)

PRESETS: Mapping[ModelName, TrainConfig] = {
    ModelName.VGG16: _STUDY,
    ModelName.RESNET50: replace(_STUDY, model=ModelName.RESNET50),
    ModelName.FAST: TrainConfig(
        model=ModelName.FAST,
        image_size=48,
        start_size=32,
        batch_size=128,
        epochs=12,
        learning_rate=0.1,
        weight_decay=5e-4,
        label_smoothing=0.1,
        augment=True,
        flip_test=True,
    ),
}


def preset(model: ModelName, **overrides: Setting) -> TrainConfig:
    """Return a model's recipe with some settings replaced.

    A smaller `image_size` also lowers `start_size` where that one is not given, so that
    `preset(ModelName.VGG16, image_size=48)` is a sensible run.

    Raises:
        ConfigError: If a setting is unknown or a value cannot work.
    """
    settings = PRESETS[model].to_json() | overrides
    size, start = settings["image_size"], settings["start_size"]
    if "start_size" not in overrides and isinstance(size, int) and isinstance(start, int):
        settings["start_size"] = min(size, start)
    return TrainConfig.from_json(settings)
