"""Each emotion's figures of many runs as a table of coloured cells."""

from dataclasses import replace

import numpy as np

from core.services.baselines import Differences
from core.services.class_tables import ClassTable, Metric
from core.services.presenting.cells import Cell, HeatTable
from core.services.presenting.scales import amount_colours, difference_colours
from core.services.presenting.wording import experiment_name, number, percent, run_name, title
from core.services.slicing import is_too_small
from core.services.terms import EMOTIONS, RunRow

METRIC_NAMES = {
    Metric.ACCURACY: "Accuracy",
    Metric.PRECISION: "Precision",
    Metric.F1: "F1",
    Metric.SUPPORT: "Support",
}
METRIC_NOTES = {
    Metric.ACCURACY: "Accuracy of an emotion: the share of its faces that were found (recall).",
    Metric.PRECISION: "Precision: the share of the faces taken for an emotion that show it.",
    Metric.F1: "F1: the harmonic mean of precision and accuracy (recall) of an emotion.",
    Metric.SUPPORT: "Support: how many test faces truly show an emotion.",
}
OVERALL_NAMES = {
    Metric.ACCURACY: "All",
    Metric.PRECISION: "Weighted",
    Metric.F1: "Weighted",
    Metric.SUPPORT: "All",
}


def amounts(table: ClassTable, chosen: tuple[int, int] | None) -> HeatTable:
    """Return the figures themselves, in per cent or as counts."""
    most = 1.0
    if table.metric is Metric.SUPPORT:
        most = float(np.nanmax(table.values[:, 1:], initial=1.0))
    cells = [
        [
            Cell(_written(table, i, j), _words(table, i, j), *amount_colours(value / most))
            for j, value in enumerate(line)
        ]
        for i, line in enumerate(table.values)
    ]
    return _heat_table(table, cells, chosen)


def differences(table: ClassTable, found: Differences, chosen: tuple[int, int] | None) -> HeatTable:
    """Return the figures less those of the baseline row, in points; colours centred at 0."""
    most = float(np.nanmax(np.abs(found.values), initial=0.0))
    cells = [
        [
            Cell(
                "-" if np.isnan(value) else f"{100 * value:+.1f}",
                _difference_words(table, found, (i, j)),
                *difference_colours(value, most=most),
            )
            for j, value in enumerate(line)
        ]
        for i, line in enumerate(found.values)
    ]
    drawn = _heat_table(table, cells, chosen)
    rows = [
        (name, note if is_paired or np.isnan(line).all() else f"{note}, other images")
        for (name, note), is_paired, line in zip(
            drawn.rows, found.is_paired, found.values, strict=True
        )
    ]
    return replace(drawn, rows=rows)


def row_name(runs: tuple[RunRow, ...]) -> str:
    """Return what a row is: a run, or the seeds of one experiment."""
    first = runs[0]
    return run_name(first) if len(runs) == 1 else f"{experiment_name(first)}, {len(runs)} seeds"


def _heat_table(
    table: ClassTable, cells: list[list[Cell]], chosen: tuple[int, int] | None
) -> HeatTable:
    names = [OVERALL_NAMES[table.metric], *(title(emotion) for emotion in EMOTIONS)]
    return HeatTable(
        corner="Run",
        columns=[(name, _shared(table, j)) for j, name in enumerate(names)],
        rows=[(experiment_name(runs[0]), _note(runs)) for runs in table.rows],
        cells=cells,
        chosen=chosen,
    )


def _note(runs: tuple[RunRow, ...]) -> str:
    if len(runs) == 1:
        seed = f", seed {runs[0].seed}" if runs[0].seed else ""
        return f"#{runs[0].id}{seed}"
    return f"{len(runs)} seeds, #{runs[0].id} ..."


def _shared(table: ClassTable, column: int) -> str:
    """Return the number of faces of a column where all rows have the same."""
    n = table.n[:, column]
    if not len(n) or np.isnan(n).any() or (n != n[0]).any():
        return ""
    return f"n {number(round(float(n[0])))}"


def _written(table: ClassTable, row: int, column: int) -> str:
    value = table.values[row, column]
    if np.isnan(value):
        return "-"
    if table.metric is Metric.SUPPORT:
        return number(round(float(value)))
    return f"{100 * value:.1f}"


def _words(table: ClassTable, row: int, column: int) -> str:
    """Return what a cell says when pointed at: value, interval, spread over seeds, n."""
    what = "all faces" if column == 0 else EMOTIONS[column - 1].value
    value, n = table.values[row, column], table.n[row, column]
    if np.isnan(value):
        return f"{row_name(table.rows[row])}, {what}: no figure"
    if table.metric is Metric.SUPPORT:
        return f"{row_name(table.rows[row])}, {what}: {number(round(float(value)))} faces"
    words = f"{row_name(table.rows[row])}, {what}: {percent(float(value))}"
    if not np.isnan(table.low[row, column]):
        low, high = (float(end[row, column]) for end in (table.low, table.high))
        words += f" (95 % interval {100 * low:.1f} to {100 * high:.1f})"
    if not np.isnan(table.spread[row, column]):
        words += f", seeds \N{PLUS-MINUS SIGN} {100 * table.spread[row, column]:.1f}"
    few = ", too few for a statement" if is_too_small(int(n)) else ""
    return f"{words}, n = {number(round(float(n)))}{few}"


def _difference_words(table: ClassTable, found: Differences, place: tuple[int, int]) -> str:
    """Return what a difference says when pointed at: interval, paired or why not, seeds, n."""
    row, column = place
    value, n = found.values[place], table.n[place]
    what = "all faces" if column == 0 else EMOTIONS[column - 1].value
    if np.isnan(value):
        return f"{row_name(table.rows[row])}, {what}: no figure"
    if row == found.baseline:
        return f"{_words(table, row, column)}; the row that others are compared with"
    words = (
        f"{row_name(table.rows[row])}, {what}: {100 * value:+.1f} points "
        f"({_written(table, row, column)} less {_written(table, found.baseline, column)} %), "
        f"95 % interval {100 * found.low[place]:+.1f} to {100 * found.high[place]:+.1f}"
    )
    if found.is_paired[row]:
        words += ", paired by image"
    else:
        words += f", not paired: {number(found.n_shared[row])} test images are the same"
    if not np.isnan(found.spread[place]):
        words += f", seeds \N{PLUS-MINUS SIGN} {100 * found.spread[place]:.1f}"
    few = ", too few for a statement" if is_too_small(int(n)) else ""
    return f"{words}, n = {number(round(float(n)))}{few}"
