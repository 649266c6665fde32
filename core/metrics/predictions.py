"""Predictions as a table, one row a test image and mask, and the figures drawn from it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.metrics.classification import Scores, score
from db.enums import EMOTIONS, Mask, Subset

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
    """Return predictions under one mask, one row a test image, in the order given.

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


def merged(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Return both tables as one; under a mask that both have, the later rows only."""
    others = earlier[~earlier["mask"].isin(later["mask"].unique())]
    return pd.concat([others, later], ignore_index=True)


def masks_of(predictions: pd.DataFrame) -> list[Mask]:
    """Return the masks of a table in the order they first occur."""
    return [Mask(name) for name in predictions["mask"].unique()]


def scores_of(predictions: pd.DataFrame, mask: Mask) -> dict[Subset, Scores]:
    """Return the figures under a mask for each subset of the test images that is not empty."""
    rows = predictions[predictions["mask"] == mask.value]
    parts = {Subset.FULL: rows, Subset.LEAK_FREE: rows[rows["leak_free"]]}
    return {subset: _score(part) for subset, part in parts.items() if len(part)}


def _score(predictions: pd.DataFrame) -> Scores:
    labels, predicted = (
        np.array([INDEX[name] for name in predictions[column]], dtype=np.int64)
        for column in ("label", "predicted")
    )
    return score(labels, predicted)
