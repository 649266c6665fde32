"""Training runs: queue them, read them, store what they report."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.configs import SMALL_STUDY_EPOCHS, Setting, TrainConfig, preset
from core.errors import UnknownRunError
from core.services.datasets import find_dataset
from core.services.versions import find_version, freeze
from core.workspace import Workspace
from db.enums import JobKind, Mask, ModelName, SaliencyMethod, Split
from db.repositories import jobs as stored_jobs
from db.repositories import results as stored_results
from db.repositories import runs as stored
from db.rows import ClassResultRow, EpochRow, ResultRow, RunRow

PREDICTIONS_NAME = "predictions.parquet"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a training run leaves behind, besides its weights.

    Attributes:
        test_split: The split whose images it was tested on.
        test_mask: The part of the face that was covered in the test.
        overall: Its figures on all test images and on those without a twin in training.
        per_class: The same for each emotion.
        predictions: One row a test image, as `core.services.results.predictions` returns them.
        provenance: Code, packages and device, ready for JSON.
        seconds: Time spent training, over all attempts, and scoring.
    """

    test_split: Split
    test_mask: Mask
    overall: list[ResultRow]
    per_class: list[ClassResultRow]
    predictions: pd.DataFrame
    provenance: dict[str, Any]
    seconds: float


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
    version_id = find_version(workspace, version).id
    with workspace.writing() as session:
        run_id = _add(session, version_id, config)
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
        run_ids = [_add(session, version_id, _small(mask)) for mask in Mask]
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


def epochs(workspace: Workspace, run_id: int) -> list[EpochRow]:
    """Return the finished epochs of a run, first to last."""
    with workspace.reading() as session:
        return stored.epochs(session, run_id)


def record_epoch(workspace: Workspace, epoch: EpochRow) -> None:
    """Store a finished epoch; a resumed run that repeats one replaces it."""
    with workspace.writing() as session:
        stored.save_epoch(session, epoch)


def forget_epochs(workspace: Workspace, run_id: int) -> None:
    """Delete the epochs of a run that has no checkpoint to go on from."""
    with workspace.writing() as session:
        stored.delete_epochs(session, run_id)


def record_outcome(workspace: Workspace, run_id: int, outcome: Outcome) -> None:
    """Store what a run led to: predictions in its folder, then all figures in one transaction."""
    path = workspace.run_dir(run_id) / PREDICTIONS_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    outcome.predictions.to_parquet(partial, index=False)
    partial.replace(path)
    with workspace.writing() as session:
        stored_results.replace(
            session, run_id, outcome.test_mask, outcome.overall, outcome.per_class
        )
        stored.save_outcome(
            session,
            run_id,
            provenance=outcome.provenance,
            test_split=outcome.test_split,
            seconds=outcome.seconds,
        )


def _small(mask: Mask) -> TrainConfig:
    return preset(ModelName.FAST, mask=mask, seed=0, epochs=SMALL_STUDY_EPOCHS)


def _add(session: Session, version_id: int, config: TrainConfig) -> int:
    """Queue a job with its run and return the run's id."""
    now = datetime.now(UTC)
    job = stored_jobs.add(session, JobKind.TRAIN, {}, now=now)
    new = stored.NewRun(
        version_id=version_id,
        model=config.model,
        mask=config.mask,
        seed=config.seed,
        config=config.to_json(),
    )
    run_id = stored.add(session, job.id, new, now=now)
    stored_jobs.set_payload(session, job.id, {"run": run_id})
    return run_id
