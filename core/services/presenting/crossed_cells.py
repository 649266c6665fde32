"""Train mask by test mask as a table of coloured cells."""

import numpy as np

from core.services.crossing import Crossing
from core.services.presenting.cells import Cell, HeatTable
from core.services.presenting.scales import amount_colours
from core.services.presenting.wording import MASK_NAMES, number, percent
from core.services.terms import Mask


def crossed_table(found: Crossing) -> HeatTable:
    """Return accuracies in per cent, rows covered in training, columns covered in testing."""
    cells = [
        [_cell(found, row, column) for column in range(len(found.test_masks))]
        for row in range(len(found.train_masks))
    ]
    return HeatTable(
        corner="Trained with",
        columns=[(MASK_NAMES[mask], "") for mask in found.test_masks],
        rows=[
            (MASK_NAMES[mask], ", ".join(f"#{run.id}" for run in runs[:3]))
            for mask, runs in zip(found.train_masks, found.runs, strict=True)
        ],
        cells=cells,
    )


def _cell(found: Crossing, row: int, column: int) -> Cell:
    names = f"{_name(found.train_masks[row])} in training, {_name(found.test_masks[column])}"
    value = float(found.accuracy[row, column])
    if np.isnan(value):
        return Cell("-", f"{names} in testing: not tested")
    low, high = found.low[row, column], found.high[row, column]
    words = (
        f"{names} in testing: {percent(value)} (95 % interval {100 * low:.1f} to "
        f"{100 * high:.1f}), n = {number(round(float(found.n[row, column])))}"
    )
    return Cell(f"{100 * value:.1f}", words, *amount_colours(value))


def _name(mask: Mask) -> str:
    return MASK_NAMES[mask].lower()
