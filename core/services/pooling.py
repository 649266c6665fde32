"""Experiments with their seeds pooled, beside the study's figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.metrics.study import StudyRow, study_rows
from core.services.answers import answers_of
from core.services.class_tables import ClassTable, Metric, class_table
from core.services.slicing import ImageSlice
from core.workspace import Workspace
from db.rows import RunRow

Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class PooledRun:
    """Finished runs of one configuration and version under several seeds.

    Attributes:
        runs: By seed.
        accuracy: Mean over the seeds, 0..1.
        accuracy_spread: Sample standard deviation over the seeds; NaN for one seed.
        accuracy_interval: 95 % interval of the mean over images: what other images of this kind
            could have given these networks, not what other seeds could.
        weighted_f1: Mean over the seeds, 0..1.
        weighted_f1_spread: Likewise.
        weighted_f1_interval: Likewise.
        n: Test images of each run.
    """

    runs: tuple[RunRow, ...]
    accuracy: float
    accuracy_spread: float
    accuracy_interval: Interval
    weighted_f1: float
    weighted_f1_spread: float
    weighted_f1_interval: Interval
    n: int


@dataclass(frozen=True, kw_only=True)
class StudyCell:
    """A row of the study beside our newest runs of the same network and mask, None without any."""

    study: StudyRow
    ours: PooledRun | None


def pooled(
    workspace: Workspace, runs: Sequence[RunRow], *, slice_name: str = ImageSlice.ALL
) -> list[PooledRun]:
    """Return runs that have figures, pooled over seeds, in the order of their first run.

    Args:
        workspace: Where the runs are.
        runs: Of any configuration and version.
        slice_name: Which test images, as `slicing.slice_members` names them.
    """
    tested = [run for run in runs if answers_of(workspace, run) is not None]
    accuracy, f1 = (
        class_table(workspace, tested, metric, slice_name=slice_name)
        for metric in (Metric.ACCURACY, Metric.F1)
    )
    return [_pool(accuracy, f1, row) for row in range(len(accuracy.rows)) if accuracy.n[row, 0] > 0]


def study_table(
    workspace: Workspace, runs: Sequence[RunRow], *, slice_name: str = ImageSlice.ALL
) -> list[StudyCell]:
    """Return the study's rows, each beside our newest pooled runs of the same network and mask."""
    ours = pooled(workspace, runs, slice_name=slice_name)
    newest: dict[tuple[str, str], PooledRun] = {}
    for one in sorted(ours, key=lambda pool: max(run.id for run in pool.runs)):
        newest[one.runs[0].model, one.runs[0].mask] = one
    return [StudyCell(study=row, ours=newest.get((row.model, row.mask))) for row in study_rows()]


def _pool(accuracy: ClassTable, f1: ClassTable, row: int) -> PooledRun:
    return PooledRun(
        runs=accuracy.rows[row],
        accuracy=float(accuracy.values[row, 0]),
        accuracy_spread=float(accuracy.spread[row, 0]),
        accuracy_interval=(float(accuracy.low[row, 0]), float(accuracy.high[row, 0])),
        weighted_f1=float(f1.values[row, 0]),
        weighted_f1_spread=float(f1.spread[row, 0]),
        weighted_f1_interval=(float(f1.low[row, 0]), float(f1.high[row, 0])),
        n=round(float(accuracy.n[row, 0])),
    )
