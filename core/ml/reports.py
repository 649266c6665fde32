"""What training says on its way; who listens may raise, and the checkpoint stays usable."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class EpochReport:
    """What an epoch came to.

    Attributes:
        number: Counted from 1.
        n_epochs: Most epochs the run may take.
        train_loss: Mean over the epoch's faces as trained on (smoothed, augmented), in nats.
        train_accuracy: Likewise, 0..1.
        validation_loss: Mean cross-entropy on the validation faces, in nats.
        validation_accuracy: Likewise, 0..1.
        seconds: Time spent training since the run began, earlier attempts included.
    """

    number: int
    n_epochs: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float


@dataclass(frozen=True)
class StepReport:
    """How far an epoch under way is.

    Attributes:
        epoch: Its number, counted from 1.
        n_epochs: Most epochs the run may take.
        step: Steps taken in this epoch.
        n_steps: Steps of this epoch.
        train_loss: Mean over its faces so far, in nats.
        seconds: Time spent training since the run began, earlier attempts included.
    """

    epoch: int
    n_epochs: int
    step: int
    n_steps: int
    train_loss: float
    seconds: float


OnEpoch = Callable[[EpochReport], None]
OnStep = Callable[[StepReport], None]


def ignore(_: StepReport) -> None:
    """Take a report and do nothing."""
