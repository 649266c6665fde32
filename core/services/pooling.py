"""Runs that differ only in their seed are one experiment: pooled, beside the study's figures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.metrics.intervals import mean_and_spread, share_interval
from core.metrics.study import StudyRow, study_rows
from core.services.results import overall
from core.workspace import Workspace
from db.enums import Subset
from db.rows import ResultRow, RunRow

Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class PooledRun:
    """Finished runs of one configuration and version under several seeds.

    Attributes:
        runs: By seed.
        accuracy: Mean over the seeds, 0..1.
        accuracy_spread: Sample standard deviation over the seeds; NaN for one seed.
        accuracy_interval: Wilson interval of the mean accuracy for the n test images of one run:
            what other images of this kind could have given, not what other seeds could.
        weighted_f1: Mean over the seeds, 0..1.
        weighted_f1_spread: Likewise.
        n: Test images of each run.
    """

    runs: tuple[RunRow, ...]
    accuracy: float
    accuracy_spread: float
    accuracy_interval: Interval
    weighted_f1: float
    weighted_f1_spread: float
    n: int


@dataclass(frozen=True, kw_only=True)
class StudyCell:
    """A row of the study beside our newest runs of the same network and mask, None without any."""

    study: StudyRow
    ours: PooledRun | None


def pooled(
    workspace: Workspace, runs: Sequence[RunRow], *, subset: Subset = Subset.FULL
) -> list[PooledRun]:
    """Return runs that have figures, pooled over seeds, in the order of their first run."""
    figures = overall(workspace, [run.id for run in runs], subset=subset)
    have_figures = [run for run in runs if run.id in figures]
    return [_pool(group, figures) for group in by_experiment(have_figures)]


def by_experiment(runs: Sequence[RunRow]) -> list[tuple[RunRow, ...]]:
    """Return runs grouped by version and every setting but the seed, each group by seed.

    Groups stand in the order of their first run. Of several runs with one seed the newest counts.
    """
    groups: dict[str, dict[int, RunRow]] = {}
    for run in runs:
        of_seed = groups.setdefault(_experiment(run), {})
        newest = of_seed.get(run.seed)
        of_seed[run.seed] = run if newest is None or run.id > newest.id else newest
    return [tuple(of_seed[seed] for seed in sorted(of_seed)) for of_seed in groups.values()]


def study_table(
    workspace: Workspace, runs: Sequence[RunRow], *, subset: Subset = Subset.FULL
) -> list[StudyCell]:
    """Return the study's rows, each beside our newest pooled runs of the same network and mask."""
    ours = pooled(workspace, runs, subset=subset)
    newest: dict[tuple[str, str], PooledRun] = {}
    for one in sorted(ours, key=lambda pool: max(run.id for run in pool.runs)):
        newest[one.runs[0].model, one.runs[0].mask] = one
    return [StudyCell(study=row, ours=newest.get((row.model, row.mask))) for row in study_rows()]


def _experiment(run: RunRow) -> str:
    """Return what runs that differ only in their seed share."""
    settings = {name: value for name, value in run.config.items() if name != "seed"}
    return repr((run.version_id, sorted(settings.items(), key=lambda item: item[0])))


def _pool(runs: Sequence[RunRow], figures: dict[int, ResultRow]) -> PooledRun:
    rows = [figures[run.id] for run in runs]
    accuracy, accuracy_spread = mean_and_spread(np.array([row.accuracy for row in rows]))
    weighted_f1, f1_spread = mean_and_spread(np.array([row.weighted_f1 for row in rows]))
    low, high = share_interval(accuracy * rows[0].n, rows[0].n)
    return PooledRun(
        runs=tuple(runs),
        accuracy=accuracy,
        accuracy_spread=accuracy_spread,
        accuracy_interval=(float(low), float(high)),
        weighted_f1=weighted_f1,
        weighted_f1_spread=f1_spread,
        n=rows[0].n,
    )
