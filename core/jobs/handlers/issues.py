"""The label issues job: judge every image by networks that did not see it, score every label."""

import logging
import shutil
from collections.abc import Callable

from core.configs import TrainConfig
from core.jobs.context import JobContext
from core.ml.cross_validation import FoldReport, cross_validate_in_rounds, fold_config
from core.ml.schedules import face_size
from core.quality.label_issues import LabelIssues, label_issues
from core.quality.out_of_fold import OutOfFold, without_in_sample
from core.services.datasets import find_dataset
from core.services.estimates import in_words
from core.services.issue_files import default_path, write_csv
from core.services.issues import record_issues
from core.services.judging import judged_by_run
from core.services.versions import face_set
from db.enums import EMOTIONS
from db.rows import NewIssue

TRAINING_SHARE = 0.99  # of the progress bar; scoring is the rest

logger = logging.getLogger(__name__)


def handle(context: JobContext) -> None:
    """Score every label of the version that the payload names, store the scores and list them.

    The payload is what `core.services.issues.enqueue_issues` wrote. An interrupted job goes on
    from its last finished epoch.

    Raises:
        ConfigError: If the images are fewer than the folds.
        EmptySetError: If there are too few to train on.
        InSampleError: If a run that is to judge saw all faces, or copies of them.
        CheckpointError: If a file that it would go on from is damaged.
        JobCancelledError, JobPausedError: If the job is asked to stop or to rest.
    """
    workspace, payload = context.workspace, context.job.payload
    if "run" in payload:
        run_id, version_id = int(payload["run"]), int(payload["version"])
        judged = [without_in_sample(judged_by_run(workspace, run_id, version_id))]
    else:
        judged = _judged_by_folds(context)
    context.report(TRAINING_SHARE, f"Scoring {len(judged[0].labels):,} labels")
    found = stored_form(label_issues(judged))
    dataset = find_dataset(workspace, payload["name"])
    record_issues(workspace, dataset.id, found, job_id=context.job.id)
    write_csv(workspace, dataset.id, default_path(workspace, dataset))
    shutil.rmtree(workspace.job_dir(context.job.id), ignore_errors=True)


def _judged_by_folds(context: JobContext) -> list[OutOfFold]:
    """Return what networks take the faces for that are trained for it and saw no copy of them."""
    payload = context.job.payload
    context.report(0.0, "Reading the faces")
    faces = face_set(context.workspace, int(payload["version"]))
    config = fold_config(len(faces), seed=int(payload["seed"]), epochs=payload["epochs"])
    folder = context.workspace.job_dir(context.job.id)
    folder.mkdir(parents=True, exist_ok=True)
    return cross_validate_in_rounds(
        faces,
        config,
        folds=int(payload["folds"]),
        on_epoch=reporter(context, config),
        folder=folder,
    )


def reporter(context: JobContext, config: TrainConfig) -> Callable[[FoldReport], None]:
    """Return what shows the progress of each epoch and the time that is left."""
    costs = [face_size(config, epoch) ** 2 for epoch in range(config.epochs)]
    seconds_of: dict[int, float] = {}

    def on_epoch(report: FoldReport) -> None:
        seconds_of[report.fold] = report.epoch.seconds
        done = sum(costs[: report.epoch.number])
        timed = (len(seconds_of) - 1) * sum(costs) + done
        left = (report.n_folds - report.fold + 1) * sum(costs) - done
        left_s = sum(seconds_of.values()) / timed * left
        message = (
            f"Fold {report.fold} of {report.n_folds}, epoch {report.epoch.number} of "
            f"{report.epoch.n_epochs}, {in_words(left_s)} left"
        )
        logger.info(
            "%s; loss %.4f, accuracy %.4f; validation %.4f, %.4f",
            message,
            report.epoch.train_loss,
            report.epoch.train_accuracy,
            report.epoch.validation_loss,
            report.epoch.validation_accuracy,
        )
        share = 1 - left / (report.n_folds * sum(costs))
        context.report(TRAINING_SHARE * share, message)

    return on_epoch


def stored_form(found: LabelIssues) -> list[NewIssue]:
    """Return scores as they are stored, one entry an image."""
    columns = (found.image_ids, found.labels, found.suggested, found.scores)
    return [
        NewIssue(
            image_id=image_id, label=EMOTIONS[label], suggested=EMOTIONS[suggested], score=score
        )
        for image_id, label, suggested, score in zip(*(c.tolist() for c in columns), strict=True)
    ]
