"""The settings of one training run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from core.configs.checking import Setting, at_least, inside, plain, share, typed
from core.errors import ConfigError
from db.enums import STUDY_MASKS, Mask, ModelName


class Optimizer(StrEnum):
    """How weights are updated."""

    ADAM = "adam"
    SGD = "sgd"
    MUON = "muon"


class Schedule(StrEnum):
    """How the learning rate moves: not at all, or up and down once over the whole run."""

    CONSTANT = "constant"
    ONE_CYCLE = "one_cycle"


class Protocol(StrEnum):
    """Who is trained on, who chooses the epoch and who is tested (see `core.quality.partition`)."""

    HONEST = "honest"
    STUDY = "study"


class TestViews(StrEnum):
    """Which views of a test face are judged together; their probabilities are averaged."""

    __test__ = False  # not a test, whatever its name says to pytest

    ONE = "one"
    FLIP = "flip"
    SHIFTS = "shifts"
    TEN_CROP = "ten-crop"
    NEARBY = "nearby"


class ChosenBy(StrEnum):
    """What the validation faces choose the epoch by: the lowest loss or the highest accuracy."""

    LOSS = "loss"
    ACCURACY = "accuracy"


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """One training run, checked when it is made.

    Attributes:
        model: The network.
        mask: The part of the face that is covered, in training and (unless said otherwise) testing.
        random_masks: What `mask` = random draws from, anew for each face in each epoch.
        protocol: Who is trained on, who chooses the epoch and who is tested.
        seed: Starts every random choice of the run: weights, order, augmentation, held-out share.
        image_size: Side in pixels that faces are resized to.
        start_size: Side in pixels of the first epochs; grows to `image_size`. Small is fast.
        batch_size: Faces a step.
        epochs: Most passes over the training faces; exactly as many when `patience` is None.
        learning_rate: The constant rate, or the peak of the schedule.
        optimizer: Adam, SGD with Nesterov momentum 0.9, or Muon (see `core.ml.muon`).
        schedule: What the learning rate does.
        weight_decay: L2 penalty on weights of two or more dimensions.
        dropout: Share of the head's inputs that a step leaves out, 0..1.
        label_smoothing: Share of each target spread evenly over all classes, 0..1.
        chosen_by: What the validation faces choose the epoch by.
        patience: Epochs without a better one before the run ends; None never ends it.
        validation_share: Share of the training split held out where no validation split exists.
        augment: Whether training faces are flipped, moved, turned and scaled at random.
        augment_strength: How far they are moved, turned and scaled; 1 is the limits of
            `core.ml.augmentation.Strength`.
        erasing: Share of the training faces of which a random rectangle is made grey, 0..1.
        mixup: Both parameters of the beta distribution that pairs of faces are mixed by; 0 mixes
            none.
        plain_epochs: Last epochs in which nothing is erased or mixed.
        ema_decay: Share of the averaged weights that a step keeps, 0..1; 0 averages none. The
            averaged network is the one that is tested.
        test_views: Which views of a test face are judged together.
        mixed_precision: Whether bfloat16 is used where the device is faster with it.
        teacher_run: The run whose network, shown uncovered faces, is imitated; None for none.
        distill_weight: Share of the loss that is the distance to the teacher, 0..1.
        temperature: What logits are divided by before teacher and student are compared.
        weights: A file of initial weights (safetensors or a state_dict); None starts at random.

    Raises:
        ConfigError: If a value cannot work; the message names it and says what can.
    """

    model: ModelName
    mask: Mask = Mask.NONE
    random_masks: tuple[Mask, ...] = STUDY_MASKS
    protocol: Protocol = Protocol.HONEST
    seed: int = 0
    image_size: int = 48
    start_size: int = 48
    batch_size: int = 128
    epochs: int = 30
    learning_rate: float = 1e-3
    optimizer: Optimizer = Optimizer.SGD
    schedule: Schedule = Schedule.ONE_CYCLE
    weight_decay: float = 0.0
    dropout: float = 0.0
    label_smoothing: float = 0.0
    chosen_by: ChosenBy = ChosenBy.LOSS
    patience: int | None = None
    validation_share: float = 0.1
    augment: bool = False
    augment_strength: float = 1.0
    erasing: float = 0.0
    mixup: float = 0.0
    plain_epochs: int = 0
    ema_decay: float = 0.0
    test_views: TestViews = TestViews.ONE
    mixed_precision: bool = True
    teacher_run: int | None = None
    distill_weight: float = 0.7
    temperature: float = 4.0
    weights: str | None = None

    def __post_init__(self) -> None:
        at_least("seed", self.seed, 0)
        at_least("image_size", self.image_size, 32)  # VGG-16 halves the side five times
        at_least("start_size", self.start_size, 16)
        at_least("batch_size", self.batch_size, 2)  # batch norm needs two faces
        at_least("epochs", self.epochs, 1)
        at_least("weight_decay", self.weight_decay, 0)
        at_least("mixup", self.mixup, 0)
        at_least("plain_epochs", self.plain_epochs, 0)
        at_least("patience", 1 if self.patience is None else self.patience, 1)
        inside("learning_rate", self.learning_rate, 0, 10)
        inside("validation_share", self.validation_share, 0, 0.5)
        inside("distill_weight", self.distill_weight, 0, 1)
        inside("temperature", self.temperature, 0, 100)
        inside("augment_strength", self.augment_strength, 0, 4)
        for name in ("dropout", "label_smoothing", "erasing", "ema_decay"):
            share(name, getattr(self, name))
        if self.start_size > self.image_size:
            raise ConfigError(
                f"start_size is {self.start_size}, above image_size {self.image_size}; "
                "give at most the image size."
            )
        self._check_masks()

    def _check_masks(self) -> None:
        """Refuse masks that cannot be drawn from, or that a teacher's view cannot go with."""
        unfit = [mask for mask in self.random_masks if mask is Mask.RANDOM or _crops(mask)]
        if unfit or not self.random_masks:
            raise ConfigError(
                f"random_masks is {', '.join(self.random_masks) or 'empty'}; "
                "give masks that cover, not crop, and not random itself."
            )
        if self.teacher_run is not None and _crops(self.mask):
            raise ConfigError(
                f"mask is {self.mask}, which leaves a student no picture of the teacher's shape; "
                f"give {self.mask.removeprefix('crop-')} with teacher_run."
            )

    def to_json(self) -> dict[str, Setting]:
        """Return the settings by name, ready for JSON."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, settings: Mapping[str, Setting]) -> "TrainConfig":
        """Return the configuration that `to_json` wrote, in this release or an earlier one.

        Raises:
            ConfigError: If a name is unknown or a value is of the wrong kind or out of range.
        """
        known = {field.name: field.type for field in fields(cls)}
        settings = _renamed(settings)
        unknown = sorted(settings.keys() - known.keys())
        if unknown:
            raise ConfigError(
                f"There is no training setting {unknown[0]!r}; known settings: {', '.join(known)}."
            )
        if "model" not in settings:
            raise ConfigError(f"No model is named; give one of {', '.join(ModelName)}.")
        return cls(**{name: typed(name, value, known[name]) for name, value in settings.items()})


def own_test_mask(mask: Mask) -> Mask:
    """Return the mask that a run's headline figures are under: its own, none where it is random."""
    return Mask.NONE if mask is Mask.RANDOM else mask


def masks_to_test(config: TrainConfig, asked: Iterable[Mask] = ()) -> tuple[Mask, ...]:
    """Return the masks that a run is tested under, each once: its own, then those asked for.

    A run trained under random masks is tested without any and under each that it drew from.

    Raises:
        ConfigError: If a random mask is asked for.
    """
    own = config.random_masks if config.mask is Mask.RANDOM else ()
    masks = tuple(dict.fromkeys([own_test_mask(config.mask), *own, *asked]))
    if Mask.RANDOM in masks:
        raise ConfigError("A run cannot be tested under random masks; name those to test with.")
    return masks


def _renamed(settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """Return settings under today's names: `flip_test` became one of the `test_views`."""
    renamed = dict(settings)
    if "flip_test" in renamed:
        renamed["test_views"] = TestViews.FLIP if renamed.pop("flip_test") else TestViews.ONE
    return renamed


def _crops(mask: Mask) -> bool:
    """Return whether a mask removes rows, and with them the faces' shape."""
    return mask.startswith("crop-")
