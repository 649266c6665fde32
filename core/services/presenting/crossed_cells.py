"""Train mask by test mask as a table of coloured cells."""

import numpy as np

from core.services.crossing import Crossing
from core.services.presenting.cells import Cell, HeatTable
from core.services.presenting.scales import amount_colours, difference_colours
from core.services.presenting.wording import MASK_NAMES, number, percent
from core.services.slicing import is_too_small
from core.services.terms import Mask


def crossed_table(found: Crossing, chosen: tuple[int, int] | None = None) -> HeatTable:
    """Return accuracies in per cent, rows covered in training, columns covered in testing."""
    cells = [
        [_cell(found, row, column) for column in range(len(found.test_masks))]
        for row in range(len(found.train_masks))
    ]
    return _table(found, cells, chosen)


def beyond_table(found: Crossing, chosen: tuple[int, int] | None = None) -> HeatTable:
    """Return accuracies less those under the control of each column's mask, in points."""
    most = float(np.nanmax(np.abs(found.beyond), initial=0.0))
    cells = [
        [_beyond_cell(found, row, column, most) for column in range(len(found.test_masks))]
        for row in range(len(found.train_masks))
    ]
    return _table(found, cells, chosen)


def _table(found: Crossing, cells: list[list[Cell]], chosen: tuple[int, int] | None) -> HeatTable:
    return HeatTable(
        corner="Trained with",
        columns=[(MASK_NAMES[mask], "") for mask in found.test_masks],
        rows=[
            (MASK_NAMES[mask], ", ".join(f"#{run.id}" for run in runs[:3]))
            for mask, runs in zip(found.train_masks, found.runs, strict=True)
        ],
        cells=cells,
        chosen=chosen,
    )


def _cell(found: Crossing, row: int, column: int) -> Cell:
    value = float(found.accuracy[row, column])
    names = _names(found, row, column)
    if np.isnan(value):
        return Cell("-", f"{names}: not tested")
    low, high = found.low[row, column], found.high[row, column]
    words = (
        f"{names}: {percent(value)} (95 % interval {100 * low:.1f} to {100 * high:.1f}), "
        f"{_n(found, row, column)}"
    )
    if not np.isnan(found.beyond[row, column]):
        words += f"; {_beyond(found, row, column)}"
    return Cell(f"{100 * value:.1f}", words, *amount_colours(value))


def _beyond_cell(found: Crossing, row: int, column: int, most: float) -> Cell:
    value = float(found.beyond[row, column])
    names = _names(found, row, column)
    if np.isnan(value):
        return Cell("-", f"{names}: no control, or one of the two is not tested")
    words = f"{names}: {_beyond(found, row, column)}, {_n(found, row, column)}"
    return Cell(f"{100 * value:+.1f}", words, *difference_colours(value, most=most))


def _beyond(found: Crossing, row: int, column: int) -> str:
    value, low, high = (
        100 * float(part[row, column])
        for part in (found.beyond, found.beyond_low, found.beyond_high)
    )
    return (
        f"{value:+.1f} points to as much covered elsewhere (95 % interval {low:+.1f} to "
        f"{high:+.1f}, paired by image)"
    )


def _n(found: Crossing, row: int, column: int) -> str:
    n = round(float(found.n[row, column]))
    return f"n = {number(n)}{', too few for a statement' if is_too_small(n) else ''}"


def _names(found: Crossing, row: int, column: int) -> str:
    train, test = found.train_masks[row], found.test_masks[column]
    return f"{_name(train)} in training, {_name(test)} in testing"


def _name(mask: Mask) -> str:
    return MASK_NAMES[mask].lower()
