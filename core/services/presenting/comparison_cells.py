"""Differences between runs on the same images as a table of coloured cells."""

import numpy as np

from core.metrics.comparison import Difference, PairedComparison
from core.services.comparison import RunComparison
from core.services.presenting.cells import Cell, HeatTable
from core.services.presenting.scales import difference_colours
from core.services.presenting.wording import experiment_name, title
from core.services.terms import EMOTIONS

SURE = 0.05


def comparison_table(found: RunComparison) -> HeatTable:
    """Return every pair's differences in points, a dot where the corrected test is sure of one."""
    names = ["Accuracy", "Weighted F1", *(title(emotion) for emotion in EMOTIONS)]
    lines = [
        [pair.accuracy, pair.weighted_f1, *(pair.recall[emotion] for emotion in EMOTIONS)]
        for pair in found.pairs
    ]
    most = float(np.nanmax([[abs(one.difference) for one in line] for line in lines]))
    cells = [
        [_cell(name, one, most) for name, one in zip(names, line, strict=True)] for line in lines
    ]
    return HeatTable(
        corner="Second less first",
        columns=[(name, "recall" if place > 1 else "") for place, name in enumerate(names)],
        rows=[_pair_name(found, pair) for pair in found.pairs],
        cells=cells,
    )


def _cell(name: str, one: Difference, most: float) -> Cell:
    if np.isnan(one.difference):
        return Cell("-", f"{name}: no faces")
    words = f"{name}: {100 * one.difference:+.2f} points, 95 % interval "
    words += f"{100 * one.low:+.2f} to {100 * one.high:+.2f}"
    is_sure = one.p_adjusted is not None and one.p_adjusted < SURE
    if one.p_adjusted is not None:
        words += f", p = {one.p_value:.3g}, corrected {one.p_adjusted:.3g}"
    mark = "\N{BULLET}" if is_sure else ""
    colours = difference_colours(one.difference, most=most)
    return Cell(f"{100 * one.difference:+.1f}{mark}", words, *colours)


def _pair_name(found: RunComparison, pair: PairedComparison) -> tuple[str, str]:
    first, second = found.runs[pair.first], found.runs[pair.second]
    return f"#{second.id} less #{first.id}", experiment_name(second)
