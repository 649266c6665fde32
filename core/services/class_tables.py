"""Each emotion's figures of many runs as one table: values, intervals, differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.metrics.classification import N_CLASSES
from core.metrics.intervals import f1_interval, share_interval
from core.metrics.predictions import INDEX
from core.services.pooling import by_experiment
from core.services.results import predictions
from core.services.slicing import ImageSlice, Members, members_of, version_slices
from core.workspace import Workspace
from db.enums import Mask, Subset
from db.repositories import results as stored
from db.rows import RunRow

Figures = NDArray[np.float64]
ALL_COLUMN = 0  # the overall figure stands before the emotions
STORED = {ImageSlice.ALL: Subset.FULL, ImageSlice.LEAK_FREE: Subset.LEAK_FREE}


class Metric(StrEnum):
    """A figure of one emotion: its recall (called accuracy, as in the study), precision, F1, n."""

    ACCURACY = "accuracy"
    PRECISION = "precision"
    F1 = "f1"
    SUPPORT = "support"


@dataclass(frozen=True, kw_only=True)
class ClassTable:
    """One figure of experiments, each a row: all images first, then each emotion.

    Attributes:
        rows: The runs behind each row, several where seeds are pooled.
        metric: Which figure.
        values: float64, shape (n_rows, 8). Shares 0..1, counts for support; the mean over seeds;
            NaN where there is nothing to divide by or nothing was tested.
        low: float64, the same shape. Lower end of the 95 % interval over images; NaN for support
            and for the overall precision and F1.
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


@dataclass(frozen=True)
class _Counts:
    """Counts of runs, float64, shape (n_runs, 7): rightly called, truly of, called the emotion."""

    hits: Figures
    n: Figures
    n_predicted: Figures


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
        slice_name: Which test images, as `slicing.slice_members` names them. All and leak-free
            are read from stored figures, others are counted from each run's predictions.
        test_mask: What was covered in testing; each run's own mask where None.
        is_pooled: Whether runs that differ only in their seed share a row.
    """
    counts = _counts(workspace, runs, slice_name, test_mask)
    place = {run.id: k for k, run in enumerate(runs)}
    groups = by_experiment(runs) if is_pooled else [(run,) for run in runs]
    of_rows = [[place[run.id] for run in group] for group in groups]
    values = _values(counts, metric)
    low, high = _intervals(_mean_counts(counts, of_rows), metric)
    return ClassTable(
        rows=tuple(tuple(group) for group in groups),
        metric=metric,
        values=_means(values, of_rows),
        low=low,
        high=high,
        spread=_spreads(values, of_rows),
        n=_means(_values(counts, Metric.SUPPORT), of_rows),
    )


def less_baseline(table: ClassTable, row: int) -> Figures:
    """Return each row's values less those of a baseline row, float64, shape (n_rows, 8)."""
    differences: Figures = table.values - table.values[row]
    return differences


def _counts(
    workspace: Workspace, runs: Sequence[RunRow], slice_name: str, test_mask: Mask | None
) -> _Counts:
    arrays = np.full((3, len(runs), N_CLASSES), np.nan)
    if slice_name in STORED:
        _fill_stored(workspace, runs, arrays, (STORED[ImageSlice(slice_name)], test_mask))
    else:
        version_ids = {run.version_id for run in runs}
        slices = {one: version_slices(workspace, one) for one in version_ids}
        for k, run in enumerate(runs):
            rows = predictions(workspace, run.id, test_mask=test_mask)
            arrays[:, k] = _counted(rows, members_of(rows, slices[run.version_id]), slice_name)
    return _Counts(*arrays)


def _fill_stored(
    workspace: Workspace,
    runs: Sequence[RunRow],
    arrays: Figures,
    wanted: tuple[Subset, Mask | None],
) -> None:
    """Write the stored counts of runs into arrays, shape (3, n_runs, 7)."""
    subset, test_mask = wanted
    place = {run.id: k for k, run in enumerate(runs)}
    masks = {run.id: test_mask or run.mask for run in runs}
    with workspace.reading() as session:
        rows = stored.per_class(session, list(place), subset=subset)
    for row in rows:
        if row.test_mask is masks[row.run_id]:
            called = np.nan if row.n_predicted is None else row.n_predicted
            figures = (round(row.accuracy * row.n), row.n, called)
            arrays[:, place[row.run_id], INDEX[row.emotion]] = figures


def _counted(rows: pd.DataFrame, members: Mapping[str, Members], slice_name: str) -> Figures:
    """Return the counts of one run on a slice, float64, shape (3, 7); 0 for an unknown slice."""
    if slice_name not in members:
        return np.zeros((3, N_CLASSES))
    rows = rows[members[slice_name]]
    label, said = (
        np.array([INDEX[name] for name in rows[column]], dtype=np.int64)
        for column in ("label", "predicted")
    )
    parts = (label[label == said], label, said)
    return np.array([np.bincount(part, minlength=N_CLASSES) for part in parts], dtype=np.float64)


def _values(counts: _Counts, metric: Metric) -> Figures:
    """Return a figure of every run, float64, shape (n_runs, 8): overall, then each emotion."""
    hits, n, called = counts.hits, counts.n, counts.n_predicted
    total = n.sum(axis=1)
    if metric is Metric.SUPPORT:
        return np.column_stack([total, n])
    if metric is Metric.ACCURACY:
        return np.column_stack([_ratio(hits.sum(axis=1), total), _ratio(hits, n)])
    per_class = _ratio(hits, called) if metric is Metric.PRECISION else _ratio(2 * hits, n + called)
    weighted = (np.nan_to_num(per_class) * n).sum(axis=1)
    return np.column_stack([_ratio(weighted, total), per_class])


def _intervals(counts: _Counts, metric: Metric) -> tuple[Figures, Figures]:
    """Return both ends of the intervals, float64, shape (n_rows, 8)."""
    hits, n, called = counts.hits, counts.n, counts.n_predicted
    unknown = np.full(len(n), np.nan)
    if metric is Metric.SUPPORT:
        nothing = np.full((len(n), 1 + N_CLASSES), np.nan)
        return nothing, nothing
    if metric is Metric.ACCURACY:
        overall = share_interval(hits.sum(axis=1), n.sum(axis=1))
        ends = share_interval(hits, n)
    else:
        overall = (unknown, unknown)
        is_precision = metric is Metric.PRECISION
        ends = share_interval(hits, called) if is_precision else f1_interval(hits, n, called)
    low, high = (np.column_stack([first, rest]) for first, rest in zip(overall, ends, strict=True))
    return low, high


def _mean_counts(counts: _Counts, of_rows: Sequence[Sequence[int]]) -> _Counts:
    parts = (counts.hits, counts.n, counts.n_predicted)
    return _Counts(*(_means(part, of_rows) for part in parts))


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


def _ratio(part: Figures, whole: Figures) -> Figures:
    """Return part / whole, NaN where whole is 0 or unknown."""
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)
