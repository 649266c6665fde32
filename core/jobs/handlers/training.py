"""The training job: train, report on the way, score the test faces under every mask."""

import hashlib
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from core.configs import TrainConfig, masks_to_test
from core.errors import MissingLandmarksError
from core.images.faces import FaceSet
from core.images.masks import needs_landmarks
from core.jobs.context import JobContext
from core.jobs.handlers.progress import TrainingProgress
from core.jobs.provenance import provenance
from core.ml import evaluation
from core.ml.checkpoints import CHECKPOINT_NAME
from core.ml.devices import choose_device
from core.ml.distillation import Teacher
from core.ml.surroundings import surroundings
from core.ml.testing import tested
from core.ml.training import EpochReport, OnEpoch, Setup, train
from core.quality.partition import partition_of
from core.services.experiments import find_run, record_epoch, record_start
from core.services.origins import finished_teacher
from core.services.outcomes import record_outcome
from core.services.versions import face_set
from core.workspace import Workspace
from db.enums import Mask
from db.rows import EpochRow, RunRow

TRAINING_SHARE = 0.97  # of the progress bar; scoring the test faces is the rest


def handle(context: JobContext) -> None:
    """Train the run that the payload names, {"run": id}, from its checkpoint if it has one.

    The payload may name masks to test under besides its own: {"test_masks": ["eyes", ...]}.

    Raises:
        UnknownRunError: If there is no such run.
        EmptySetError: If its version has no faces to train or test on.
        MissingLandmarksError: If a mask follows landmarks and its version has none.
        NotReadyError: If it has a teacher that is not trained yet.
        WeightsFileError: If its file of initial weights cannot be used.
        CheckpointError: If its checkpoint is damaged.
        JobCancelledError, JobPausedError: If the job is asked to stop or to rest.
    """
    workspace = context.workspace
    run = find_run(workspace, int(context.job.payload["run"]))
    config = TrainConfig.from_json(run.config)
    context.report(0.0, "Reading the faces")
    faces = face_set(workspace, run.version_id)
    masks = scored_masks(context, config, faces)
    parts = partition_of(faces, config)
    run_dir = workspace.run_dir(run.id)
    record_start(
        workspace,
        run.id,
        provenance=_provenance(config),
        test_split=parts.test_split,
        is_fresh=not (run_dir / CHECKPOINT_NAME).exists(),
    )
    context.report(0.0, f"Training on {len(parts.train):,} faces")
    progress = TrainingProgress(context, config, share=TRAINING_SHARE)
    on_epoch = _epoch_recorder(workspace, run.id, progress)
    setup = Setup(teacher=_teacher(workspace, run, config), on_step=progress.on_step)
    trained = train(faces, parts, config, on_epoch=on_epoch, run_dir=run_dir, setup=setup)
    started = time.perf_counter()
    show = _mask_progress(context, len(masks), len(parts.test))
    table = tested(trained.model, faces, parts, config, masks, on_mask=show)
    seconds = trained.reports[-1].seconds + time.perf_counter() - started
    record_outcome(workspace, run.id, table, seconds=seconds)


def _epoch_recorder(workspace: Workspace, run_id: int, progress: TrainingProgress) -> OnEpoch:
    """Return what stores each epoch of a run and shows it."""

    def on_epoch(report: EpochReport) -> None:
        record_epoch(workspace, epoch_row(run_id, report))
        progress.on_epoch(report)

    return on_epoch


def _mask_progress(context: JobContext, n_masks: int, n_faces: int) -> Callable[[int, Mask], None]:
    """Return what shows under which mask the test faces are being scored."""

    def on_mask(n_done: int, mask: Mask) -> None:
        done = TRAINING_SHARE + (1 - TRAINING_SHARE) * n_done / n_masks
        context.report(done, f"Scoring {n_faces:,} test faces, mask {mask}")

    return on_mask


def scored_masks(context: JobContext, config: TrainConfig, faces: FaceSet) -> tuple[Mask, ...]:
    """Return the masks that a job tests under: the run's own, then those its payload names.

    Raises:
        MissingLandmarksError: If one follows landmarks and the faces have none.
        ConfigError: If one is random.
    """
    asked = [Mask(name) for name in context.job.payload.get("test_masks", [])]
    masks = masks_to_test(config, asked)
    for mask in masks:
        if needs_landmarks(mask) and faces.landmarks is None:
            raise MissingLandmarksError(mask)
    return masks


def _provenance(config: TrainConfig) -> dict[str, object]:
    """Return with what, on what and when a run is made, ready for JSON."""
    made = provenance() | surroundings(choose_device())
    made["started"] = datetime.now(UTC).isoformat(timespec="seconds")
    if config.weights is not None and Path(config.weights).is_file():
        with Path(config.weights).open("rb") as file:
            made["weights_sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
    return made


def _teacher(workspace: Workspace, run: RunRow, config: TrainConfig) -> Teacher | None:
    """Return the network that a run imitates, None where it imitates none."""
    teacher = finished_teacher(workspace, run.version_id, config)
    if teacher is None:
        return None
    made_with = TrainConfig.from_json(teacher.config)
    return Teacher(evaluation.load(workspace.run_dir(teacher.id), made_with), made_with)


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


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
