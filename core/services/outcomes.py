"""What a training run leaves behind: predictions in its folder, figures in the database."""

import os

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.metrics.classification import Scores, score
from core.workspace import Workspace
from db.enums import EMOTIONS, Mask, Subset
from db.repositories import results as stored
from db.repositories import runs as stored_runs
from db.rows import ClassResultRow, ResultRow

PREDICTIONS_NAME = "predictions.parquet"
NAMES = np.array([emotion.value for emotion in EMOTIONS])
INDEX = {emotion.value: k for k, emotion in enumerate(EMOTIONS)}


def prediction_table(
    image_ids: NDArray[np.int64],
    labels: NDArray[np.int64],
    probabilities: NDArray[np.float32],
    *,
    leak_free: NDArray[np.bool_],
    mask: Mask,
) -> pd.DataFrame:
    """Return predictions as a table with one row a test image, in the order given.

    Args:
        image_ids: int64, shape (n,).
        labels: int64, shape (n,). Index into `EMOTIONS`.
        probabilities: float32, shape (n, 7), rows sum to 1; the largest is the prediction.
        leak_free: bool, shape (n,). Whether an image has no pixel twin in training.
        mask: The part of the face that was covered.
    """
    columns: dict[str, object] = {
        "image_id": image_ids,
        "label": NAMES[labels],
        "predicted": NAMES[probabilities.argmax(axis=1)],
    }
    columns |= {f"p_{name}": probabilities[:, k] for k, name in enumerate(NAMES)}
    return pd.DataFrame(columns | {"leak_free": leak_free, "mask": mask.value})


def record_outcome(
    workspace: Workspace, run_id: int, predictions: pd.DataFrame, *, seconds: float
) -> None:
    """Store what a run led to: its predictions, then all figures drawn from them at once.

    Args:
        workspace: Where to.
        run_id: The run.
        predictions: As `prediction_table` returns them, under one mask.
        seconds: Time spent training, over all attempts, and scoring.
    """
    _write(workspace, run_id, predictions)
    mask = Mask(predictions["mask"].iloc[0])
    parts = {
        Subset.FULL: predictions,
        Subset.LEAK_FREE: predictions[predictions["leak_free"]],
    }
    scores = {subset: _score(rows) for subset, rows in parts.items() if len(rows)}
    overall = [_overall(run_id, mask, subset, one) for subset, one in scores.items()]
    per_class = [
        row for subset, one in scores.items() for row in _per_class(run_id, mask, subset, one)
    ]
    with workspace.writing() as session:
        stored.replace(session, run_id, mask, overall, per_class)
        stored_runs.save_seconds(session, run_id, seconds)


def _write(workspace: Workspace, run_id: int, predictions: pd.DataFrame) -> None:
    path = workspace.run_dir(run_id) / PREDICTIONS_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    predictions.to_parquet(partial, index=False)
    partial.replace(path)


def _score(predictions: pd.DataFrame) -> Scores:
    labels, predicted = (
        np.array([INDEX[name] for name in predictions[column]], dtype=np.int64)
        for column in ("label", "predicted")
    )
    return score(labels, predicted)


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
