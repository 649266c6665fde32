"""Training runs: queue them, read them, store what they report."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from core.configs import Setting, TrainConfig, masks_to_test, preset, small_study
from core.errors import NotReadyError, UnknownRunError
from core.services.datasets import find_dataset
from core.services.landmarks import require_landmarks
from core.services.origins import require_origins
from core.services.versions import find_version, freeze
from core.workspace import Workspace
from db.enums import STUDY_MASKS, JobKind, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.repositories import jobs as stored_jobs
from db.repositories import runs as stored
from db.rows import EpochRow, RunRow


def enqueue_training(
    workspace: Workspace,
    *,
    version: str,
    model: ModelName,
    mask: Mask,
    seed: int = 0,
    overrides: Mapping[str, Setting] | None = None,
) -> RunRow:
    """Queue the training of a model on a frozen version and return the run.

    `overrides` replaces settings of the model's recipe, such as {"epochs": 5}. The same run may
    be queued any number of times.

    Raises:
        UnknownVersionError: If there is no such version.
        ConfigError: If a setting is unknown or has a value that cannot work.
    """
    config = preset(model, **{**(overrides or {}), "mask": mask, "seed": seed})
    return enqueue_run(workspace, find_version(workspace, version).id, config)


def enqueue_run(
    workspace: Workspace, version_id: int, config: TrainConfig, *, test_masks: Sequence[Mask] = ()
) -> RunRow:
    """Queue a training run and return it.

    Args:
        workspace: Where.
        version_id: The frozen version to train and test on.
        config: How to train.
        test_masks: Masks to test under besides its own.

    Raises:
        ConfigError: If a test mask is random, or the teacher's run is of another version.
        MissingLandmarksError: If a mask follows landmarks and a face of the version has none.
        UnknownRunError: If there is no run to be its teacher.
        WeightsFileError: If there is no file with its initial weights.
    """
    require_landmarks(workspace, version_id, masks_to_test(config, test_masks))
    require_origins(workspace, version_id, config)
    with workspace.writing() as session:
        run_id = add_run(session, version_id, config, test_masks=test_masks)
    return find_run(workspace, run_id)


def queue_small_study(workspace: Workspace, dataset_name: str) -> list[RunRow]:
    """Freeze a data set and queue the study in small: `fast` with every mask, then one Grad-CAM.

    Returns:
        The queued runs, the unmasked one first; empty where the data set has runs already.

    Raises:
        UnknownDatasetError: If there is no such data set.
        EmptySetError: If no image of it is kept.
    """
    dataset_id = find_dataset(workspace, dataset_name).id
    version_id = freeze(workspace, dataset_name).id
    with workspace.writing() as session:
        if stored.of_dataset(session, dataset_id):
            return []
        run_ids = [add_run(session, version_id, small_study(mask)) for mask in STUDY_MASKS]
        payload = {"run": run_ids[0], "method": SaliencyMethod.GRAD_CAM.value}
        stored_jobs.add(session, JobKind.SALIENCY, payload, now=datetime.now(UTC))
    return [find_run(workspace, run_id) for run_id in run_ids]


def runs(workspace: Workspace) -> list[RunRow]:
    """Return all runs, newest first."""
    with workspace.reading() as session:
        return stored.every(session)


def find_run(workspace: Workspace, run_id: int) -> RunRow:
    """Return the run with this id.

    Raises:
        UnknownRunError: If there is none.
    """
    with workspace.reading() as session:
        run = stored.find(session, run_id)
    if run is None:
        raise UnknownRunError(str(run_id))
    return run


def find_trained(workspace: Workspace, run_id: int, *, to: str) -> RunRow:
    """Return the run with this id, which must be trained to its end `to` do what follows.

    Raises:
        UnknownRunError: If there is none.
        NotReadyError: If its training is not done.
    """
    run = find_run(workspace, run_id)
    if run.status is not JobStatus.DONE:
        raise NotReadyError(
            f"Run {run_id} is {run.status}; it must be trained to its end to {to}, see "
            f"`feelingit logs {run.job_id}`."
        )
    return run


def epochs(workspace: Workspace, run_id: int) -> list[EpochRow]:
    """Return the finished epochs of a run, first to last."""
    with workspace.reading() as session:
        return stored.epochs(session, run_id)


def record_epoch(workspace: Workspace, epoch: EpochRow) -> None:
    """Store a finished epoch; a resumed run that repeats one replaces it."""
    with workspace.writing() as session:
        stored.save_epoch(session, epoch)


def record_start(
    workspace: Workspace,
    run_id: int,
    *,
    provenance: dict[str, Any],
    test_split: Split,
    is_fresh: bool,
) -> None:
    """Store where a run runs and what it is tested on; a fresh one loses any earlier epochs.

    `provenance` is ready for JSON; a run is not fresh where it has a checkpoint to go on from.
    """
    with workspace.writing() as session:
        stored.save_start(session, run_id, provenance=provenance, test_split=test_split)
        if is_fresh:
            stored.delete_epochs(session, run_id)


def add_run(
    session: Session,
    version_id: int,
    config: TrainConfig,
    *,
    test_masks: Sequence[Mask] = (),
    grid: str | None = None,
) -> int:
    """Queue a job with its run, perhaps as part of a grid, and return the run's id."""
    now = datetime.now(UTC)
    job = stored_jobs.add(session, JobKind.TRAIN, {}, now=now, grid=grid)
    new = stored.NewRun(
        version_id=version_id,
        model=config.model,
        mask=config.mask,
        seed=config.seed,
        config=config.to_json(),
    )
    run_id = stored.add(session, job.id, new, now=now)
    payload: dict[str, Any] = {"run": run_id}
    if test_masks:
        payload["test_masks"] = [mask.value for mask in test_masks]
    stored_jobs.set_payload(session, job.id, payload)
    return run_id
