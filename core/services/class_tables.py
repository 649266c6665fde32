"""Each emotion's figures of many runs as one table: values, intervals and n."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics import estimates
from core.metrics.estimates import N_CELLS, Metric
from core.services.answers import Answers
from core.services.seeds import by_experiment
from core.services.slicing import ImageSlice, answers_in
from core.services.tested_rows import confusions_of, places_of, tested_row
from core.workspace import Workspace
from db.enums import Mask
from db.rows import RunRow

__all__ = ["ClassTable", "Metric", "class_table"]

Figures = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ClassTable:
    """One figure of experiments, each a row: all images first, then each emotion.

    Attributes:
        rows: The runs behind each row, several where seeds are pooled.
        metric: Which figure.
        values: float64, shape (n_rows, 8). Shares 0..1, counts for support; the mean over seeds;
            NaN where there is nothing to divide by or nothing was tested.
        low: float64, the same shape. Lower end of the 95 % interval over images; NaN for support.
        high: float64, the same shape. Upper end.
        spread: float64, the same shape. Standard deviation over seeds; NaN for one seed.
        n: float64, the same shape. True test images of one run.
    """

    rows: tuple[tuple[RunRow, ...], ...]
    metric: Metric
    values: Figures
    low: Figures
    high: Figures
    spread: Figures
    n: Figures


def class_table(
    workspace: Workspace,
    runs: Sequence[RunRow],
    metric: Metric = Metric.ACCURACY,
    *,
    slice_name: str = ImageSlice.ALL,
    test_mask: Mask | None = None,
    is_pooled: bool = True,
) -> ClassTable:
    """Return one figure of each emotion for runs, pooled over seeds or each by itself.

    Args:
        workspace: Where the runs are.
        runs: In the order of the rows; pooled ones stand where their first run stands.
        metric: Which figure.
        slice_name: Which test images, as `slicing.slice_members` names them.
        test_mask: What was covered in testing; each run's own mask where None.
        is_pooled: Whether runs that differ only in their seed share a row.
    """
    groups = by_experiment(runs) if is_pooled else [(run,) for run in runs]
    chosen = [run for group in groups for run in group]
    tests = answers_in(workspace, chosen, slice_name, test_mask)
    confusions = confusions_of(tests)
    of_rows = places_of(groups)
    was_tested = np.array([test is not None for test in tests], dtype=bool)[:, None]
    values, n = (
        np.where(was_tested, estimates.values(confusions, one), np.nan)
        for one in (metric, Metric.SUPPORT)
    )
    means = _means(values, of_rows)
    low, high = _intervals(tests, confusions, of_rows, (means, metric))
    return ClassTable(
        rows=tuple(tuple(group) for group in groups),
        metric=metric,
        values=means,
        low=low,
        high=high,
        spread=_spreads(values, of_rows),
        n=_means(n, of_rows),
    )


def _intervals(
    tests: Sequence[Answers | None],
    confusions: NDArray[np.int64],
    of_rows: Sequence[Sequence[int]],
    wanted: tuple[Figures, Metric],
) -> tuple[Figures, Figures]:
    """Return both ends of the intervals of rows' mean figures, float64, shape (n_rows, 8)."""
    means, metric = wanted
    if metric is Metric.SUPPORT:
        return np.full_like(means, np.nan), np.full_like(means, np.nan)
    moved = estimates.influences(confusions, metric)
    n = np.maximum(confusions.sum(axis=(1, 2)), 1)
    shares = confusions.reshape(len(confusions), 1, N_CELLS) / n[:, None, None]
    of_one = (shares * moved**2).sum(axis=2) / n[:, None]
    variances = _means(of_one, of_rows)
    for place, runs in enumerate(of_rows):
        row = tested_row(tests, moved, runs) if len(runs) > 1 else None
        if row is not None and len(row.images.labels):
            variances[place] = np.square(row.influence).mean(axis=1) / len(row.images.labels)
    behind = _means(estimates.images_behind(confusions, metric), of_rows)
    return estimates.intervals(means, variances, behind, metric)


def _means(figures: Figures, of_rows: Sequence[Sequence[int]]) -> Figures:
    """Return the mean over the runs of each row, float64, one row each."""
    means = [figures[list(row)].mean(axis=0) for row in of_rows]
    return np.array(means).reshape(len(of_rows), figures.shape[1])


def _spreads(figures: Figures, of_rows: Sequence[Sequence[int]]) -> Figures:
    """Return the sample standard deviation over the runs of each row; NaN for a single run."""
    unknown = np.full(figures.shape[1], np.nan)
    spreads = [
        figures[list(row)].std(axis=0, ddof=1) if len(row) > 1 else unknown for row in of_rows
    ]
    return np.array(spreads).reshape(len(of_rows), figures.shape[1])
