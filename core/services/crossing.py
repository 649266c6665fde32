"""Runs trained with one part covered, tested with another: what each network can do without."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.intervals import share_interval
from core.workspace import Workspace
from db.enums import Mask, ModelName, Subset
from db.repositories import results as stored
from db.rows import ResultRow, RunRow

Figures = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """Accuracy of one network by what was covered in training (row) and in testing (column).

    Attributes:
        train_masks: Of the rows, in the order of `Mask`.
        test_masks: Of the columns, in the same order.
        accuracy: float64, shape (n_rows, n_columns), 0..1; the mean over runs, NaN without any.
        low: float64, the same shape. Lower end of the 95 % interval (Wilson).
        high: float64, the same shape. Upper end.
        n: float64, the same shape. Test images of a run.
        runs: The runs behind each row.
    """

    train_masks: tuple[Mask, ...]
    test_masks: tuple[Mask, ...]
    accuracy: Figures
    low: Figures
    high: Figures
    n: Figures
    runs: tuple[tuple[RunRow, ...], ...]


def crossing(
    workspace: Workspace,
    runs: Sequence[RunRow],
    model: ModelName,
    *,
    subset: Subset = Subset.FULL,
) -> Crossing:
    """Return what the runs of a model do under every mask that any of them was tested with."""
    chosen = [run for run in runs if run.model is model]
    found = _accuracies(workspace, chosen, subset)
    train_masks = _in_order({run.mask for run in chosen})
    test_masks = _in_order({mask for _, mask in found})
    groups = tuple(tuple(run for run in chosen if run.mask is mask) for mask in train_masks)
    cells = [[_mean(group, mask, found) for mask in test_masks] for group in groups]
    figures = np.array(cells, dtype=np.float64).reshape(len(train_masks), len(test_masks), 2)
    accuracy, n = figures[..., 0], figures[..., 1]
    low, high = share_interval(np.nan_to_num(accuracy * n), np.nan_to_num(n))
    return Crossing(
        train_masks=train_masks,
        test_masks=test_masks,
        accuracy=accuracy,
        low=low,
        high=high,
        n=n,
        runs=groups,
    )


def masks_tested(workspace: Workspace, run_ids: Sequence[int]) -> list[Mask]:
    """Return the masks that any of the runs was tested with, in the order of `Mask`."""
    with workspace.reading() as session:
        rows = stored.overall(session, run_ids)
    return list(_in_order({row.test_mask for row in rows}))


def _accuracies(
    workspace: Workspace, runs: Sequence[RunRow], subset: Subset
) -> dict[tuple[int, Mask], ResultRow]:
    with workspace.reading() as session:
        rows = stored.overall(session, [run.id for run in runs])
    return {(row.run_id, row.test_mask): row for row in rows if row.subset is subset}


def _mean(
    runs: Sequence[RunRow], mask: Mask, found: dict[tuple[int, Mask], ResultRow]
) -> tuple[float, float]:
    """Return mean accuracy and mean n of those runs that were tested with a mask."""
    rows = [found[run.id, mask] for run in runs if (run.id, mask) in found]
    if not rows:
        return float("nan"), float("nan")
    return float(np.mean([row.accuracy for row in rows])), float(np.mean([row.n for row in rows]))


def _in_order(masks: set[Mask]) -> tuple[Mask, ...]:
    return tuple(mask for mask in Mask if mask in masks)
