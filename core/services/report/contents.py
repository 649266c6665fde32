"""Everything that a report says, asked of the services that the pages ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import EmptySetError, NotComparableError
from core.metrics.calibration import Calibration
from core.services import class_tables, comparison, crossing, pooling, slice_figures
from core.services.baselines import Differences, less_baseline
from core.services.class_tables import ClassTable, Metric
from core.services.comparison import RunComparison
from core.services.datasets import find_dataset
from core.services.experiments import epochs, find_run
from core.services.figure_sets import FigureSet, figure_sets
from core.services.pooling import StudyCell
from core.services.presenting import class_cells
from core.services.presenting.cells import HeatTable
from core.services.presenting.crossed_cells import beyond_table, crossed_table
from core.services.presenting.wording import MODEL_NAMES, run_name
from core.services.report.cleaning import VersionRecord, version_record, work_record
from core.services.report.looking import LookingPart, looking_parts
from core.services.report.provenance import RunRecord, run_record
from core.services.results import RunResult, run_result
from core.workspace import Workspace
from db.enums import ModelName
from db.repositories.history import Work
from db.rows import DatasetRow, EpochRow, RunRow

METRICS = (Metric.ACCURACY, Metric.PRECISION, Metric.F1)

OnProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class DatasetPart:
    """A data set, what was done to it, and those of its versions that runs of the report use."""

    dataset: DatasetRow
    work: tuple[Work, ...]
    versions: tuple[VersionRecord, ...]


@dataclass(frozen=True, kw_only=True)
class RunPart:
    """One run by itself.

    Attributes:
        run: The run.
        result: Its figures under its own mask.
        record: What it was made of.
        epochs: First to last.
        confusion: int64, shape (7, 7). Counts, rows true emotions, columns predicted.
        calibration: Confidence beside accuracy.
    """

    run: RunRow
    result: RunResult
    record: RunRecord
    epochs: tuple[EpochRow, ...]
    confusion: NDArray[np.int64]
    calibration: Calibration


@dataclass(frozen=True, kw_only=True)
class FigurePart:
    """A figure of every experiment and emotion, and each experiment's less the first one's."""

    metric: Metric
    amounts: HeatTable
    differences: tuple[HeatTable, Differences] | None


@dataclass(frozen=True, kw_only=True)
class CrossedPart:
    """Train mask by test mask of a network: accuracy, and what is lost beyond each control."""

    network: str
    accuracy: HeatTable
    beyond: HeatTable | None


@dataclass(frozen=True, kw_only=True)
class ComparisonPart:
    """The runs on the same images, or one sentence that says why they cannot be compared."""

    found: RunComparison | None
    settings: pd.DataFrame
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a report says.

    Attributes:
        made_at: When, UTC.
        runs: In the order asked for, each by itself.
        datasets: Of the runs.
        sets: Figures of each experiment: all test images, then the leak-free ones.
        figures: Accuracy, precision and F1 per emotion.
        crossed: Of each network that was tested under several masks.
        comparison: None for a single run.
        study: The study's rows of which a run is ours.
        looking: Saliency maps that were computed for any of the runs.
    """

    made_at: datetime
    runs: tuple[RunPart, ...]
    datasets: tuple[DatasetPart, ...]
    sets: tuple[FigureSet, ...]
    figures: tuple[FigurePart, ...]
    crossed: tuple[CrossedPart, ...]
    comparison: ComparisonPart | None
    study: tuple[StudyCell, ...]
    looking: tuple[LookingPart, ...]


def gather(
    workspace: Workspace, run_ids: Sequence[int], *, on_progress: OnProgress | None = None
) -> Report:
    """Return what a report on finished runs says.

    Args:
        workspace: Where the runs are.
        run_ids: The runs, in order; the first is what the others are compared with.
        on_progress: Told how many steps are done, of how many, and what comes next.

    Raises:
        EmptySetError: If no run is given.
        UnknownRunError: If there is no such run.
        NotReadyError: If one has no figures.
    """
    if not run_ids:
        raise EmptySetError("A report needs a finished run; see `feelingit runs`.")
    runs = [find_run(workspace, run_id) for run_id in dict.fromkeys(run_ids)]
    results = [run_result(workspace, run.id) for run in runs]  # refuses one without figures
    tell = on_progress or (lambda done, total, what: None)
    total = len(runs) + 4
    parts = _run_parts(workspace, results, lambda done, what: tell(done, total, what))
    tell(len(runs), total, "data sets")
    datasets = _dataset_parts(workspace, runs)
    tell(len(runs) + 1, total, "comparison")
    compared = _comparison(workspace, runs)
    tell(len(runs) + 2, total, "saliency maps")
    looking = looking_parts(workspace, runs)
    tell(len(runs) + 3, total, "tables")
    return Report(
        made_at=datetime.now(UTC),
        runs=parts,
        datasets=datasets,
        sets=tuple(figure_sets(workspace, runs)),
        figures=_heatmaps(workspace, runs),
        crossed=_crossed(workspace, runs),
        comparison=compared,
        study=tuple(cell for cell in pooling.study_table(workspace, runs) if cell.ours),
        looking=looking,
    )


def _run_parts(
    workspace: Workspace, results: Sequence[RunResult], tell: Callable[[int, str], None]
) -> tuple[RunPart, ...]:
    parts = []
    for done, result in enumerate(results):
        tell(done, run_name(result.run))
        parts.append(_run_part(workspace, result))
    return tuple(parts)


def _run_part(workspace: Workspace, result: RunResult) -> RunPart:
    run = result.run
    return RunPart(
        run=run,
        result=result,
        record=run_record(workspace, run),
        epochs=tuple(epochs(workspace, run.id)),
        confusion=slice_figures.confusion_of(workspace, run.id),
        calibration=slice_figures.calibration_of(workspace, run.id),
    )


def _dataset_parts(workspace: Workspace, runs: Sequence[RunRow]) -> tuple[DatasetPart, ...]:
    parts = []
    for name in dict.fromkeys(run.dataset for run in runs):
        dataset = find_dataset(workspace, name)
        version_ids = dict.fromkeys(run.version_id for run in runs if run.dataset == name)
        parts.append(
            DatasetPart(
                dataset=dataset,
                work=work_record(workspace, dataset.id),
                versions=tuple(version_record(workspace, one) for one in version_ids),
            )
        )
    return tuple(parts)


def _comparison(workspace: Workspace, runs: Sequence[RunRow]) -> ComparisonPart | None:
    if len(runs) < 2:
        return None
    settings = comparison.configuration_differences(runs)
    try:
        found = comparison.compare(workspace, [run.id for run in runs])
    except NotComparableError as error:
        return ComparisonPart(found=None, settings=settings, refusal=str(error))
    return ComparisonPart(found=found, settings=settings)


def _heatmaps(workspace: Workspace, runs: Sequence[RunRow]) -> tuple[FigurePart, ...]:
    tables = [class_tables.class_table(workspace, runs, metric) for metric in METRICS]
    return tuple(
        FigurePart(
            metric=table.metric,
            amounts=class_cells.amounts(table, None),
            differences=_differences(workspace, table) if len(table.rows) > 1 else None,
        )
        for table in tables
    )


def _differences(workspace: Workspace, table: ClassTable) -> tuple[HeatTable, Differences]:
    found = less_baseline(workspace, table, 0)
    return class_cells.differences(table, found, None), found


def _crossed(workspace: Workspace, runs: Sequence[RunRow]) -> tuple[CrossedPart, ...]:
    found = [
        (MODEL_NAMES[model], crossing.crossing(workspace, runs, model))
        for model in ModelName
        if any(run.model is model for run in runs)
    ]
    return tuple(
        CrossedPart(
            network=name,
            accuracy=crossed_table(one),
            beyond=None if np.isnan(one.beyond).all() else beyond_table(one),
        )
        for name, one in found
        if len(one.test_masks) > 1
    )
