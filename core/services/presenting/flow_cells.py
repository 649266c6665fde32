"""How images went from one label or split to another, as a table of coloured cells."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.services.presenting.cells import Cell, HeatTable
from core.services.presenting.scales import amount_colours
from core.services.presenting.wording import counted, number


def flow_table(counts: NDArray[np.int64], names: Sequence[str], *, corner: str) -> HeatTable:
    """Return counts by before (row) and after (column); only cells of a change are coloured.

    Args:
        counts: int64, shape (n, n). Rows before, columns after.
        names: Of the n labels or splits.
        corner: What the rows are.
    """
    changed = np.where(np.eye(len(names), dtype=bool), 0, counts)
    most = max(1, int(changed.max(initial=0)))
    shares = np.where(changed > 0, changed / most, np.nan)
    return HeatTable(
        corner=corner,
        columns=[(name, "") for name in names],
        rows=[
            (name, f"n {number(int(n))}") for name, n in zip(names, counts.sum(axis=1), strict=True)
        ],
        cells=[
            [
                Cell(
                    number(int(counts[i, j])),
                    f"{counted(int(counts[i, j]), 'face')} "
                    f"{'still' if i == j else f'from {before.lower()} to'} {after.lower()}",
                    *amount_colours(float(shares[i, j])),
                )
                for j, after in enumerate(names)
            ]
            for i, before in enumerate(names)
        ],
    )
