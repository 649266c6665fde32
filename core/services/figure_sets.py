"""Everything that tables say of experiments: each emotion's figures with intervals, by slice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import EmptySetError
from core.metrics.intervals import mean_and_spread
from core.services.class_tables import ClassTable, Metric, class_table
from core.services.results import run_result
from core.services.slicing import ImageSlice, slice_members
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Mask
from db.rows import RunRow

SIDE_BY_SIDE = (ImageSlice.ALL.value, ImageSlice.LEAK_FREE.value)


@dataclass(frozen=True)
class Figure:
    """One figure, 0..1; NaN where there is none.

    Attributes:
        value: The mean over seeds.
        low: Lower end of the 95 % interval over images; NaN where a figure has none.
        high: Upper end.
        spread: Standard deviation over seeds; NaN for one seed.
    """

    value: float
    low: float
    high: float
    spread: float


@dataclass(frozen=True, kw_only=True)
class GroupFigures:
    """The figures of all images or of one emotion's; accuracy is then the recall of the class.

    `n` are the true test images of one run. Over all images precision and F1 are the emotions'
    means weighted by their images.
    """

    n: int
    accuracy: Figure
    precision: Figure
    f1: Figure

    def of(self, metric: Metric) -> Figure:
        """Return accuracy, precision or F1.

        Raises:
            KeyError: For support, which is `n`.
        """
        by_metric = {
            Metric.ACCURACY: self.accuracy,
            Metric.PRECISION: self.precision,
            Metric.F1: self.f1,
        }
        return by_metric[metric]


@dataclass(frozen=True, kw_only=True)
class FigureSet:
    """An experiment on one slice of its test images.

    Attributes:
        runs: The runs behind it, several where seeds are pooled.
        slice_name: Which test images, as `slicing.slice_members` names them.
        overall: Of all these images.
        macro_f1: Plain mean of F1 over the emotions that occur; no interval.
        per_class: Of each emotion, in the usual order.
    """

    runs: tuple[RunRow, ...]
    slice_name: str
    overall: GroupFigures
    macro_f1: Figure
    per_class: Mapping[Emotion, GroupFigures]


def figure_sets(
    workspace: Workspace,
    runs: Sequence[RunRow],
    *,
    slice_names: Sequence[str] = SIDE_BY_SIDE,
    test_mask: Mask | None = None,
    is_pooled: bool = True,
) -> list[FigureSet]:
    """Return the figures of experiments, each on every slice, as `class_tables` has them.

    Args:
        workspace: Where the runs are.
        runs: In the order wanted; pooled ones stand where their first run stands.
        slice_names: Which test images, side by side.
        test_mask: What was covered in testing; each run's own mask where None.
        is_pooled: Whether runs that differ only in their seed are one experiment.

    Raises:
        NotReadyError: If a run has no figures under the mask.
        EmptySetError: If none of the runs has a slice of that name.
    """
    for run in runs:
        run_result(workspace, run.id, test_mask=test_mask)  # refuses one without figures
    for name in slice_names:
        _require_slice(workspace, runs, name, test_mask)
    by_slice = [
        _of_slice(workspace, runs, name, test_mask, is_pooled=is_pooled) for name in slice_names
    ]
    return [one for of_experiment in zip(*by_slice, strict=True) for one in of_experiment]


def _require_slice(
    workspace: Workspace, runs: Sequence[RunRow], name: str, test_mask: Mask | None
) -> None:
    """Refuse a slice that none of the runs has, such as a tag that nobody gave."""
    if name in list(ImageSlice):
        return
    slices = [slice_members(workspace, run.id, test_mask=test_mask) for run in runs]
    if not any(name in one for one in slices):
        known = ", ".join(dict.fromkeys(slice_ for one in slices for slice_ in one))
        raise EmptySetError(f"There is no slice {name!r} of these runs; they have {known}.")


def _of_slice(
    workspace: Workspace,
    runs: Sequence[RunRow],
    slice_name: str,
    test_mask: Mask | None,
    *,
    is_pooled: bool,
) -> list[FigureSet]:
    tables = {
        metric: class_table(
            workspace, runs, metric, slice_name=slice_name, test_mask=test_mask,
            is_pooled=is_pooled,
        )
        for metric in (Metric.ACCURACY, Metric.PRECISION, Metric.F1)
    }  # fmt: skip
    each_run = class_table(
        workspace, runs, Metric.F1, slice_name=slice_name, test_mask=test_mask, is_pooled=False
    )
    macro = dict(zip((run.id for run in runs), _macro(each_run), strict=True))
    return [
        FigureSet(
            runs=of_row,
            slice_name=slice_name,
            overall=_group(tables, row, 0),
            macro_f1=_without_interval(np.array([macro[run.id] for run in of_row])),
            per_class={e: _group(tables, row, k) for k, e in enumerate(EMOTIONS, start=1)},
        )
        for row, of_row in enumerate(tables[Metric.ACCURACY].rows)
    ]


def _macro(table: ClassTable) -> list[float]:
    """Return each run's mean F1 over the emotions that have one; NaN where none has."""
    known = [line[1:][~np.isnan(line[1:])] for line in table.values]
    return [float(line.mean()) if len(line) else float("nan") for line in known]


def _group(tables: Mapping[Metric, ClassTable], row: int, column: int) -> GroupFigures:
    n = tables[Metric.ACCURACY].n[row, column]
    accuracy, precision, f1 = (
        Figure(*(float(part[row, column]) for part in (t.values, t.low, t.high, t.spread)))
        for t in tables.values()
    )
    whole = 0 if np.isnan(n) else round(float(n))
    return GroupFigures(n=whole, accuracy=accuracy, precision=precision, f1=f1)


def _without_interval(values: NDArray[np.float64]) -> Figure:
    mean, spread = mean_and_spread(values)
    return Figure(mean, float("nan"), float("nan"), spread)
