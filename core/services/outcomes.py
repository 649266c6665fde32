"""What a training run leaves behind: predictions in its folder, figures in the database."""

import os

import pandas as pd

from core.metrics.classification import Scores
from core.metrics.predictions import masks_of, merged, prediction_table, scores_of
from core.workspace import Workspace
from db.enums import Mask, Subset
from db.repositories import results as stored
from db.repositories import runs as stored_runs
from db.rows import ClassResultRow, ResultRow

__all__ = ["PREDICTIONS_NAME", "prediction_table", "record_outcome"]

PREDICTIONS_NAME = "predictions.parquet"


def record_outcome(
    workspace: Workspace, run_id: int, predictions: pd.DataFrame, *, seconds: float | None = None
) -> None:
    """Store what a run led to: its predictions, and all figures drawn from them, at once.

    What it has under other masks stays; what it has under the same ones is replaced.

    Args:
        workspace: Where to.
        run_id: The run.
        predictions: As `prediction_table` returns them, under any number of masks.
        seconds: Time spent training, over all attempts, and scoring; None leaves it as it is.
    """
    masks = masks_of(predictions)
    scores = {mask: scores_of(predictions, mask) for mask in masks}
    with workspace.writing() as session:  # the one writer: no other job merges meanwhile
        _write(workspace, run_id, predictions)
        for mask, by_subset in scores.items():
            overall = [_overall(run_id, mask, subset, one) for subset, one in by_subset.items()]
            per_class = [
                row
                for subset, one in by_subset.items()
                for row in _per_class(run_id, mask, subset, one)
            ]
            stored.replace(session, run_id, mask, overall, per_class)
        if seconds is not None:
            stored_runs.save_seconds(session, run_id, seconds)


def _write(workspace: Workspace, run_id: int, predictions: pd.DataFrame) -> None:
    """Add predictions to a run's file, which is the earlier one or whole."""
    path = workspace.run_dir(run_id) / PREDICTIONS_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = merged(pd.read_parquet(path), predictions) if path.exists() else predictions
    partial = path.with_suffix(f".{os.getpid()}.partial")
    whole.to_parquet(partial, index=False)
    partial.replace(path)


def _overall(run_id: int, mask: Mask, subset: Subset, scores: Scores) -> ResultRow:
    return ResultRow(
        run_id=run_id,
        test_mask=mask,
        subset=subset,
        n=scores.n,
        accuracy=scores.accuracy,
        weighted_f1=scores.weighted_f1,
        macro_f1=scores.macro_f1,
    )


def _per_class(run_id: int, mask: Mask, subset: Subset, scores: Scores) -> list[ClassResultRow]:
    return [
        ClassResultRow(
            run_id=run_id,
            test_mask=mask,
            subset=subset,
            emotion=emotion,
            n=one.n,
            n_predicted=one.n_predicted,
            accuracy=one.accuracy,
            precision=one.precision,
            f1=one.f1,
        )
        for emotion, one in scores.per_class.items()
    ]
