"""What a run remembers of itself from epoch to epoch."""

import time
from dataclasses import dataclass, field

import torch

from core.configs import ChosenBy, TrainConfig
from core.ml.checkpoints import Weights
from core.ml.reports import EpochReport, StepReport
from core.ml.schedules import face_size


@dataclass
class UnderWay:
    """An epoch that has begun.

    Attributes:
        order: int64, shape (n,). The training faces in the order they are shown.
        step: Steps taken.
        total: float64, shape (2,). Summed loss and hits of the faces shown so far.
    """

    order: torch.Tensor
    step: int
    total: torch.Tensor


@dataclass
class Journal:
    """The finished epochs of a run, its best weights, its time, and the epoch under way."""

    config: TrainConfig
    reports: list[EpochReport] = field(default_factory=list)
    best: Weights = field(default_factory=dict)
    under_way: UnderWay | None = None
    seconds_before: float = 0.0
    began: float = field(default_factory=time.perf_counter)

    def seconds(self) -> float:
        """Return the time spent so far, that of earlier attempts up to their last save included."""
        return self.seconds_before + time.perf_counter() - self.began

    def is_over(self) -> bool:
        """Return whether all epochs are done or patience has run out."""
        done, patience = len(self.reports), self.config.patience
        waited = done - self.best_epoch()
        return done >= self.config.epochs or (patience is not None and waited >= patience)

    def best_epoch(self) -> int:
        """Return the number of the best epoch as `chosen_by` says, 0 before the first.

        While faces still grow it is the last one: losses at other sizes do not compare.
        """
        if not self.reports:
            return 0
        at_full_size = [
            report
            for report in self.reports
            if face_size(self.config, report.number - 1) == self.config.image_size
        ]
        return max(at_full_size or self.reports[-1:], key=self._merit).number

    def _merit(self, report: EpochReport) -> float:
        """Return how good an epoch is on the validation faces, more is better."""
        if self.config.chosen_by is ChosenBy.ACCURACY:
            return report.validation_accuracy
        return -report.validation_loss

    def step_report(self, n_steps: int, n_seen: int) -> StepReport:
        """Return how far the epoch under way is, `n_seen` faces having been shown."""
        assert self.under_way is not None
        return StepReport(
            epoch=len(self.reports) + 1,
            n_epochs=self.config.epochs,
            step=self.under_way.step,
            n_steps=n_steps,
            train_loss=float(self.under_way.total[0]) / n_seen,
            seconds=self.seconds(),
        )
