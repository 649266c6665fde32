"""Everything that a report says, asked of the services that the pages ask."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from core.errors import EmptySetError, NotComparableError
from core.services import class_tables, comparison, crossing, pooling, slice_figures
from core.services.baselines import Differences, less_baseline
from core.services.class_tables import ClassTable, Metric
from core.services.datasets import find_dataset
from core.services.experiments import epochs
from core.services.figure_sets import FigureSet, figure_sets
from core.services.pooling import StudyCell
from core.services.presenting import class_cells
from core.services.presenting.cells import HeatTable
from core.services.presenting.crossed_cells import beyond_table, crossed_table
from core.services.presenting.wording import MODEL_NAMES, run_name
from core.services.report.cleaning import version_record, work_record
from core.services.report.looking import looking_parts
from core.services.report.parts import (
    WHOLE,
    ComparisonPart,
    CrossedPart,
    DatasetPart,
    FigurePart,
    Report,
    RunPart,
    Scope,
)
from core.services.report.provenance import run_record
from core.services.results import RunResult, run_result
from core.services.slicing import ImageSlice
from core.workspace import Workspace
from db.enums import ModelName
from db.rows import RunRow

METRICS = (Metric.ACCURACY, Metric.PRECISION, Metric.F1)

OnProgress = Callable[[int, int, str], None]


def gather(
    workspace: Workspace,
    run_ids: Sequence[int],
    *,
    scope: Scope = WHOLE,
    on_progress: OnProgress | None = None,
) -> Report:
    """Return what a report on finished runs says.

    Args:
        workspace: Where the runs are.
        run_ids: The runs, in order; the first is what the others are compared with.
        scope: What figures are of.
        on_progress: Told how many steps are done, of how many, and what comes next.

    Raises:
        EmptySetError: If no run is given, or none of its test images is in the slice.
        UnknownRunError: If there is no such run.
        NotReadyError: If one has no figures under the mask.
    """
    results = _results(workspace, run_ids, scope)
    return _report(workspace, results, scope, on_progress or (lambda done, total, what: None))


def _report(
    workspace: Workspace, results: Sequence[RunResult], scope: Scope, tell: OnProgress
) -> Report:
    runs = [result.run for result in results]
    total = len(runs) + 4
    parts = _run_parts(workspace, results, scope, lambda done, what: tell(done, total, what))
    tell(total - 4, total, "data sets")
    datasets = _dataset_parts(workspace, runs)
    tell(total - 3, total, "comparison")
    compared = _comparison(workspace, runs, scope)
    tell(total - 2, total, "saliency maps")
    looking = looking_parts(workspace, runs)
    tell(total - 1, total, "tables")
    return Report(
        made_at=datetime.now(UTC),
        scope=scope,
        runs=parts,
        datasets=datasets,
        sets=_sets(workspace, runs, scope),
        figures=_heatmaps(workspace, runs, scope),
        crossed=_crossed(workspace, runs, scope),
        comparison=compared,
        study=_study(workspace, runs, scope),
        looking=looking,
    )


def _results(workspace: Workspace, run_ids: Sequence[int], scope: Scope) -> list[RunResult]:
    """Return the figures of each run once; refuse a run that has none."""
    if not run_ids:
        raise EmptySetError("A report needs a finished run; see `feelingit runs`.")
    return [
        run_result(workspace, run_id, test_mask=scope.test_mask)
        for run_id in dict.fromkeys(run_ids)
    ]


def _sets(workspace: Workspace, runs: Sequence[RunRow], scope: Scope) -> tuple[FigureSet, ...]:
    slices = (scope.slice_name, ImageSlice.LEAK_FREE.value)
    return tuple(figure_sets(workspace, runs, slice_names=slices, test_mask=scope.test_mask))


def _study(workspace: Workspace, runs: Sequence[RunRow], scope: Scope) -> tuple[StudyCell, ...]:
    """Return the study's rows of which a run is ours; none under another mask than it tested."""
    if scope.test_mask is not None:
        return ()
    cells = pooling.study_table(workspace, runs, slice_name=scope.slice_name)
    return tuple(cell for cell in cells if cell.ours)


def _run_parts(
    workspace: Workspace,
    results: Sequence[RunResult],
    scope: Scope,
    tell: Callable[[int, str], None],
) -> tuple[RunPart, ...]:
    parts = []
    for done, result in enumerate(results):
        tell(done, run_name(result.run))
        parts.append(_run_part(workspace, result, scope))
    return tuple(parts)


def _run_part(workspace: Workspace, result: RunResult, scope: Scope) -> RunPart:
    run = result.run
    name, mask = scope.slice_name, scope.test_mask
    return RunPart(
        run=run,
        result=result,
        record=run_record(workspace, run),
        epochs=tuple(epochs(workspace, run.id)),
        confusion=slice_figures.confusion_of(workspace, run.id, slice_name=name, test_mask=mask),
        calibration=slice_figures.calibration_of(
            workspace, run.id, slice_name=name, test_mask=mask
        ),
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


def _comparison(
    workspace: Workspace, runs: Sequence[RunRow], scope: Scope
) -> ComparisonPart | None:
    if len(runs) < 2:
        return None
    settings = comparison.configuration_differences(runs)
    try:
        found = comparison.compare(
            workspace, [run.id for run in runs], slice_name=scope.slice_name,
            test_mask=scope.test_mask,
        )  # fmt: skip
    except NotComparableError as error:
        return ComparisonPart(found=None, settings=settings, refusal=str(error))
    return ComparisonPart(found=found, settings=settings)


def _heatmaps(workspace: Workspace, runs: Sequence[RunRow], scope: Scope) -> tuple[FigurePart, ...]:
    tables = [
        class_tables.class_table(
            workspace, runs, metric, slice_name=scope.slice_name, test_mask=scope.test_mask
        )
        for metric in METRICS
    ]
    return tuple(
        FigurePart(
            metric=table.metric,
            amounts=class_cells.amounts(table, None),
            differences=_differences(workspace, table, scope) if len(table.rows) > 1 else None,
        )
        for table in tables
    )


def _differences(
    workspace: Workspace, table: ClassTable, scope: Scope
) -> tuple[HeatTable, Differences]:
    found = less_baseline(
        workspace, table, 0, slice_name=scope.slice_name, test_mask=scope.test_mask
    )
    return class_cells.differences(table, found, None), found


def _crossed(workspace: Workspace, runs: Sequence[RunRow], scope: Scope) -> tuple[CrossedPart, ...]:
    found = [
        (MODEL_NAMES[model], crossing.crossing(workspace, runs, model, slice_name=scope.slice_name))
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
