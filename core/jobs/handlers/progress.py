"""How far a training run is and how long it will take, as its job shows it."""

import logging

from core.configs import TrainConfig
from core.jobs.context import JobContext
from core.ml.schedules import face_size
from core.ml.training import EpochReport, StepReport
from core.services.estimates import in_words

logger = logging.getLogger(__name__)


class TrainingProgress:
    """Shows each epoch and, every few seconds, each part of one.

    An epoch counts by the area of its faces, which may grow during a run.
    """

    def __init__(self, context: JobContext, config: TrainConfig, *, share: float) -> None:
        """Show progress from 0 to `share` of the whole job."""
        self._context = context
        self._share = share
        self._areas = [face_size(config, epoch) ** 2 for epoch in range(config.epochs)]

    def on_step(self, report: StepReport) -> None:
        """Show how far an epoch under way is.

        Raises:
            JobCancelledError, JobPausedError: If the job is asked to stop or to rest; training then
                writes a checkpoint before it ends.
        """
        through = report.step / report.n_steps
        done = self._done(report.epoch - 1, through)
        left = in_words(report.seconds * (1 / done - 1))
        self._context.report(
            self._share * done,
            f"Epoch {report.epoch} of {report.n_epochs}, {through:.0%} through, {left} left",
        )

    def on_epoch(self, report: EpochReport) -> None:
        """Show and log a finished epoch; raises also where the job is asked to pause."""
        done = self._done(report.number, 0.0)
        left = in_words(report.seconds * (1 / done - 1))
        message = f"Epoch {report.number} of {report.n_epochs}, {left} left"
        logger.info(
            "%s; loss %.4f, accuracy %.4f; validation %.4f, %.4f",
            message,
            report.train_loss,
            report.train_accuracy,
            report.validation_loss,
            report.validation_accuracy,
        )
        self._context.report(self._share * done, message)

    def _done(self, n_epochs: int, through: float) -> float:
        """Return the share of the work done: whole epochs and a share of the next, above 0..1."""
        under_way = through * self._areas[n_epochs] if through else 0.0
        return (sum(self._areas[:n_epochs]) + under_way) / sum(self._areas)
