"""What is taken for what in one run, as a table of coloured cells."""

import numpy as np
from numpy.typing import NDArray

from core.services.presenting.cells import Cell, HeatTable
from core.services.presenting.scales import amount_colours
from core.services.presenting.wording import number, percent, title
from core.services.terms import EMOTIONS


def confusion_table(
    counts: NDArray[np.int64], *, as_shares: bool, chosen: tuple[int, int] | None = None
) -> HeatTable:
    """Return a confusion matrix with counts or row shares in its cells, coloured by row share.

    Args:
        counts: int64, shape (7, 7). Rows true emotions, columns predicted.
        as_shares: Whether cells say per cent of their row; else faces.
        chosen: Row and column that is open now.
    """
    names = [title(emotion) for emotion in EMOTIONS]
    sums = counts.sum(axis=1)
    shares = np.divide(
        counts, sums[:, None], out=np.full(counts.shape, np.nan), where=sums[:, None] > 0
    )
    cells = [
        [
            Cell(
                _written(counts[i, j], shares[i, j], as_shares=as_shares),
                f"{names[i]} taken for {names[j].lower()}: {number(int(counts[i, j]))} of "
                f"{number(int(sums[i]))}, {_percent(shares[i, j])}",
                *amount_colours(shares[i, j]),
            )
            for j in range(len(names))
        ]
        for i in range(len(names))
    ]
    return HeatTable(
        corner="Label",
        columns=[(name, "") for name in names],
        rows=[(name, f"n {number(int(n))}") for name, n in zip(names, sums, strict=True)],
        cells=cells,
        chosen=chosen,
    )


def _written(count: int, share: float, *, as_shares: bool) -> str:
    if not as_shares:
        return number(int(count))
    return "-" if np.isnan(share) else f"{100 * share:.0f}"


def _percent(share: float) -> str:
    return "no faces" if np.isnan(share) else percent(float(share))
