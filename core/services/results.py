"""The figures of runs: read from stored rows, never computed again."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.configs import own_test_mask
from core.errors import NotReadyError
from core.services.experiments import find_run
from core.services.jobs import find_job
from core.services.outcomes import PREDICTIONS_NAME
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, JobStatus, Mask, Subset
from db.repositories import results as stored
from db.repositories import runs as stored_runs
from db.rows import ClassResultRow, ResultRow, RunRow


@dataclass(frozen=True, kw_only=True)
class SubsetResult:
    """A run's figures on one subset of its test images, 0..1, emotions in their usual order."""

    overall: ResultRow
    per_class: dict[Emotion, ClassResultRow]


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """A finished run's figures under one test mask; `leak_free` is None where no image is."""

    run: RunRow
    test_mask: Mask
    full: SubsetResult
    leak_free: SubsetResult | None


def run_result(workspace: Workspace, run_id: int, *, test_mask: Mask | None = None) -> RunResult:
    """Return the figures of a finished run under a test mask, by default the one it trained with.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it has no figures under this mask.
    """
    run = find_run(workspace, run_id)
    mask = own_test_mask(run.mask) if test_mask is None else test_mask
    full = _subset_result(workspace, run_id, mask, Subset.FULL)
    if full is None or run.status is not JobStatus.DONE:
        raise _not_ready(run, mask)
    leak_free = _subset_result(workspace, run_id, mask, Subset.LEAK_FREE)
    return RunResult(run=run, test_mask=mask, full=full, leak_free=leak_free)


def overall(
    workspace: Workspace, run_ids: Collection[int], *, subset: Subset = Subset.FULL
) -> dict[int, ResultRow]:
    """Return the overall figures, by run id, of those runs that have them under their own mask."""
    with workspace.reading() as session:
        masks = {run.id: run.mask for run in stored_runs.every(session)}
        rows = stored.overall(session, run_ids)
    return {
        row.run_id: row
        for row in rows
        if row.subset is subset and row.test_mask is own_test_mask(masks[row.run_id])
    }


def predictions(
    workspace: Workspace, run_id: int, *, test_mask: Mask | None = None
) -> pd.DataFrame:
    """Return a run's predictions, one row a test image, in the order of the version.

    Columns: image_id int64; label and predicted, an emotion's name; p_angry to p_surprise float32,
    0..1, summing to 1; leak_free bool; mask, the test mask's name.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it has no predictions under this mask, by default its own.
    """
    run = find_run(workspace, run_id)
    mask = own_test_mask(run.mask) if test_mask is None else test_mask
    path = workspace.run_dir(run_id) / PREDICTIONS_NAME
    if not path.exists():
        raise _not_ready(run, mask)
    rows = pd.read_parquet(path)
    rows = rows[rows["mask"] == mask.value].reset_index(drop=True)
    if rows.empty:
        raise _not_ready(run, mask)
    return rows


def result_document(
    workspace: Workspace, run_id: int, *, test_mask: Mask | None = None
) -> dict[str, Any]:
    """Return a run and its figures as one JSON document: shares and scores 0..1, times in seconds.

    While a run is not done its figures are null and `per_class` is empty, and so they are in
    `leak_free` where no test image is free of twins; `error` says why a run failed.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the run is done but was not tested with this mask.
    """
    run = find_run(workspace, run_id)
    document: dict[str, Any] = {
        "run": run.id,
        "job": run.job_id,
        "version": run.version,
        "model": run.model.value,
        "mask": run.mask.value,
        "seed": run.seed,
        "status": run.status.value,
        "error": find_job(workspace, run.job_id).error,
        "seconds": run.seconds,
        "test_split": run.test_split.value if run.test_split else None,
        "test_mask": (own_test_mask(run.mask) if test_mask is None else test_mask).value,
    }
    if run.status is not JobStatus.DONE:
        return document | _figures(None) | {"leak_free": _figures(None)}
    result = run_result(workspace, run_id, test_mask=test_mask)
    return document | _figures(result.full) | {"leak_free": _figures(result.leak_free)}


def _figures(result: SubsetResult | None) -> dict[str, Any]:
    """Return a subset's figures by name, all null where there are none."""
    if result is None:
        return dict.fromkeys(("n", "accuracy", "weighted_f1", "macro_f1")) | {"per_class": {}}
    row = result.overall
    return {
        "n": row.n,
        "accuracy": row.accuracy,
        "weighted_f1": row.weighted_f1,
        "macro_f1": row.macro_f1,
        "per_class": {
            emotion.value: {
                "accuracy": scores.accuracy,
                "precision": scores.precision,
                "f1": scores.f1,
                "n": scores.n,
            }
            for emotion, scores in result.per_class.items()
        },
    }


def _subset_result(
    workspace: Workspace, run_id: int, mask: Mask, subset: Subset
) -> SubsetResult | None:
    with workspace.reading() as session:
        overall_rows = stored.overall(session, [run_id])
        class_rows = stored.per_class(session, [run_id], subset=subset)
    overall_row = next(
        (row for row in overall_rows if row.test_mask is mask and row.subset is subset), None
    )
    if overall_row is None:
        return None
    by_emotion = {row.emotion: row for row in class_rows if row.test_mask is mask}
    per_class = {emotion: by_emotion[emotion] for emotion in EMOTIONS}
    return SubsetResult(overall=overall_row, per_class=per_class)


def _not_ready(run: RunRow, mask: Mask) -> NotReadyError:
    if run.status is JobStatus.DONE:
        return NotReadyError(
            f"Run {run.id} was not tested with mask {mask}; do it with "
            f"`feelingit evaluate {run.id} --mask {mask}`."
        )
    return NotReadyError(
        f"Run {run.id} is {run.status} and has no figures yet; see `feelingit logs {run.job_id}`."
    )
