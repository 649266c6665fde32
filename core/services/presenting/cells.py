"""Tables of coloured cells with a number in each, before anything draws them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One cell: what is written, what is said when pointed at, and its colours as #RRGGBB."""

    text: str
    hover: str
    fill: str = ""
    ink: str = ""


@dataclass(frozen=True, kw_only=True)
class HeatTable:
    """A table of coloured cells.

    Attributes:
        corner: What the rows are, above their names.
        columns: Names of the columns, each with a smaller note beneath.
        rows: Names of the rows, each with a smaller note beside it.
        cells: A line of cells for each row.
        chosen: Row and column that is open now, or None.
    """

    corner: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str]]
    cells: Sequence[Sequence[Cell]]
    chosen: tuple[int, int] | None = None
