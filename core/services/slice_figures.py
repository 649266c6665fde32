"""Figures of one run on a slice of its test images: confusion and calibration."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import EmptySetError
from core.metrics.calibration import Calibration, calibration
from core.metrics.classification import N_CLASSES, confusion
from core.metrics.predictions import INDEX, NAMES
from core.services.results import predictions
from core.services.slicing import ImageSlice, slice_members
from core.workspace import Workspace
from db.enums import Mask


def confusion_of(
    workspace: Workspace,
    run_id: int,
    *,
    slice_name: str = ImageSlice.ALL,
    test_mask: Mask | None = None,
) -> NDArray[np.int64]:
    """Return how often each emotion (row) was taken for each (column): int64, shape (7, 7).

    All 0 where the slice holds none of the run's test images.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it has no predictions under this mask, by default its own.
    """
    rows = sliced_predictions(workspace, run_id, slice_name=slice_name, test_mask=test_mask)
    if rows.empty:
        return np.zeros((N_CLASSES, N_CLASSES), dtype=np.int64)
    return confusion(_indices(rows["label"]), _indices(rows["predicted"]))


def calibration_of(
    workspace: Workspace,
    run_id: int,
    *,
    slice_name: str = ImageSlice.ALL,
    test_mask: Mask | None = None,
) -> Calibration:
    """Return how a run's confidence and accuracy agree on a slice of its test images.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it has no predictions under this mask, by default its own.
        EmptySetError: If the slice holds none of its test images.
    """
    rows = sliced_predictions(workspace, run_id, slice_name=slice_name, test_mask=test_mask)
    if rows.empty:
        raise EmptySetError(
            f"No test image of run {run_id} is in the slice '{slice_name}'; choose another."
        )
    probabilities = rows[[f"p_{name}" for name in NAMES]].to_numpy()
    return calibration(probabilities, _indices(rows["label"]))


def sliced_predictions(
    workspace: Workspace, run_id: int, *, slice_name: str, test_mask: Mask | None
) -> pd.DataFrame:
    """Return `results.predictions` of the images in a slice; none for an unknown slice."""
    rows = predictions(workspace, run_id, test_mask=test_mask)
    if slice_name == ImageSlice.ALL:
        return rows
    members = slice_members(workspace, run_id, test_mask=test_mask)
    return rows[members.get(slice_name, np.zeros(len(rows), dtype=bool))]


def _indices(names: "pd.Series[str]") -> NDArray[np.int64]:
    return np.array([INDEX[name] for name in names], dtype=np.int64)
