"""The training job: train, report every epoch, score the test faces."""

import logging
import math
import time

from core.configs import TrainConfig
from core.jobs.context import JobContext
from core.jobs.provenance import provenance
from core.ml.checkpoints import CHECKPOINT_NAME
from core.ml.devices import choose_device
from core.ml.evaluation import probabilities
from core.ml.surroundings import surroundings
from core.ml.training import EpochReport, OnEpoch, train
from core.quality.partition import partition
from core.services.experiments import find_run, record_epoch, record_start
from core.services.outcomes import prediction_table, record_outcome
from core.services.versions import face_set
from db.rows import EpochRow

TRAINING_SHARE = 0.97  # of the progress bar; scoring the test faces is the rest

logger = logging.getLogger(__name__)


def handle(context: JobContext) -> None:
    """Train the run that the payload names, {"run": id}, from its checkpoint if it has one.

    Raises:
        UnknownRunError: If there is no such run.
        EmptySetError: If its version has no faces to train or test on.
        CheckpointError: If its checkpoint is damaged.
        JobCancelledError: If the job is asked to stop.
    """
    workspace = context.workspace
    run = find_run(workspace, int(context.job.payload["run"]))
    config = TrainConfig.from_json(run.config)
    context.report(0.0, "Reading the faces")
    faces = face_set(workspace, run.version_id)
    parts = partition(faces, validation_share=config.validation_share, seed=config.seed)
    run_dir = workspace.run_dir(run.id)
    record_start(
        workspace,
        run.id,
        provenance=provenance() | surroundings(choose_device()),
        test_split=parts.test_split,
        is_fresh=not (run_dir / CHECKPOINT_NAME).exists(),
    )
    context.report(0.0, f"Training on {len(parts.train):,} faces")
    trained = train(faces, parts, config, on_epoch=recorder(context, run.id), run_dir=run_dir)
    context.report(TRAINING_SHARE, f"Scoring {len(parts.test):,} test faces")
    started = time.perf_counter()
    table = prediction_table(
        faces.image_ids[parts.test],
        faces.labels[parts.test],
        probabilities(trained.model, faces.at(parts.test), config),
        leak_free=parts.leak_free,
        mask=config.mask,
    )
    seconds = trained.reports[-1].seconds + time.perf_counter() - started
    record_outcome(workspace, run.id, table, seconds=seconds)


def recorder(context: JobContext, run_id: int) -> OnEpoch:
    """Return what stores each epoch of a run and shows its progress."""

    def on_epoch(report: EpochReport) -> None:
        record_epoch(context.workspace, epoch_row(run_id, report))
        left_s = report.seconds / report.number * (report.n_epochs - report.number)
        message = f"Epoch {report.number} of {report.n_epochs}, {in_words(left_s)} left"
        logger.info(
            "%s; loss %.4f, accuracy %.4f; validation %.4f, %.4f",
            message,
            report.train_loss,
            report.train_accuracy,
            report.validation_loss,
            report.validation_accuracy,
        )
        context.report(TRAINING_SHARE * report.number / report.n_epochs, message)

    return on_epoch


def epoch_row(run_id: int, report: EpochReport) -> EpochRow:
    """Return an epoch as it is stored: None for what is not finite."""
    return EpochRow(
        run_id=run_id,
        number=report.number,
        train_loss=_finite(report.train_loss),
        train_accuracy=report.train_accuracy,
        validation_loss=_finite(report.validation_loss),
        validation_accuracy=_finite(report.validation_accuracy),
        seconds=report.seconds,
    )


def in_words(seconds: float) -> str:
    """Return a duration as a person would say it: about 40 s, about 5 min, about 2.5 h."""
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
