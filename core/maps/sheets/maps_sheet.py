"""The sheet of a figure of maps: emotions down, columns across, scales and a note beneath."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.maps.sheets.items import QUIET_INK, Line, Picture, Sheet, Words

WIDEST_MM = 180.0  # the text width of most journals' two columns
NARROWEST_MM = 85.0  # and of one
HIGHEST_MM = 235.0  # of the pictures together: a page less title, scales and note
LARGEST_PICTURE_MM, SMALLEST_PICTURE_MM = 45.0, 14.0
_MARGIN, _GAP, _NAMES, _BELOW = 4.0, 4.0, 18.0, 2.0
_HEAD_PT, _SMALL_PT = 8.0, 7.0
_LINE_MM = 3.3
_MOST_BELOW = _BELOW + 3 * _LINE_MM  # a score, its interval, the number of faces
_MM_PER_LETTER = 1.45  # of 8 pt, a bit more than most sans-serif letters take
_MM_PER_SMALL_LETTER = 1.25  # of 7 pt
_SCALE_MM = (34.0, 2.6)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Pixels, uint8, shape (side, side, 3), with words beneath; None and why where there is none.

    Attributes:
        words: Lines beneath the picture, put into one where they fit, or inside the empty place.
    """

    pixels: NDArray[np.uint8] | None
    words: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A colour scale, uint8, shape (steps, 3), what it is and what its ends are."""

    colours: NDArray[np.uint8]
    text: str
    low: str
    high: str


@dataclass(frozen=True, kw_only=True)
class MapFigure:
    """A figure of maps.

    Attributes:
        title: Above the figure, and the name of the file's content.
        columns: A name for each column and a note beneath it, which may be empty.
        rows: A name for each row with what is outlined on its pictures: polygons in the unit
            square, float64, shape (n, 2).
        cells: A line of cells for each row.
        scales: The colour scales used.
        note: How to read it and where it comes from, any length.
    """

    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[NDArray[np.float64]]]]
    cells: Sequence[Sequence[Cell]]
    scales: Sequence[Scale]
    note: str


Items = Iterator[Picture | Words | Line]


def maps_sheet(figure: MapFigure) -> Sheet:
    """Return a figure laid out on a sheet at most 180 mm wide, as high as it needs."""
    side = picture_side(len(figure.columns), len(figure.rows))
    heads = [_head_lines(column, side) for column in figure.columns]
    top = _MARGIN + 5.0 + _LINE_MM * max(len(lines) for lines in heads)
    cells = [cell for line in figure.cells for cell in line if cell.pixels is not None]
    n_lines = max((len(_beneath(cell, side)) for cell in cells), default=0)
    step = side + _LINE_MM * n_lines + _BELOW
    below = top + step * len(figure.rows) + 2.0
    width = max(NARROWEST_MM, 2 * _MARGIN + _NAMES + len(heads) * (side + _GAP) - _GAP)
    note = textwrap.wrap(figure.note, max(30, int((width - 2 * _MARGIN) / (_MM_PER_LETTER * 0.82))))
    n_scale_lines = len(_scale_places(figure.scales, width))
    end = below + 6.0 * n_scale_lines + _LINE_MM * len(note) + 1.0
    items = [
        Words(x=_MARGIN, y=_MARGIN + 2.5, text=figure.title, size_pt=9),
        *_heads(heads, side, top),
        *_rows(figure, side, top, step),
        *_scales(figure.scales, width, below),
        *_lines(note, _MARGIN, below + 6.0 * n_scale_lines + 2.0),
    ]
    return Sheet(width=width, height=end + _MARGIN, items=tuple(items), title=figure.title)


def picture_side(n_columns: int, n_rows: int) -> float:
    """Return how large the pictures of a figure are, in mm, so that it fits a page."""
    free = WIDEST_MM - 2 * _MARGIN - _NAMES + _GAP
    fits = min(free / max(1, n_columns) - _GAP, HIGHEST_MM / max(1, n_rows) - _MOST_BELOW)
    return min(LARGEST_PICTURE_MM, max(SMALLEST_PICTURE_MM, fits))


def _beneath(cell: Cell, side: float) -> list[str]:
    """Return the words beneath a picture as lines, one where they fit beside each other."""
    whole = "  ".join(cell.words)
    fits = len(whole) * _MM_PER_SMALL_LETTER <= side
    return [whole] if fits and whole else list(cell.words)


def _head_lines(column: tuple[str, str], side: float) -> list[tuple[str, float, str]]:
    """Return the lines above a column, each with its size and colour."""
    name, note = column
    letters = max(6, int((side + _GAP / 2) / _MM_PER_LETTER))
    strong = [(line, _HEAD_PT, "#1B1F27") for line in textwrap.wrap(name, letters)]
    return strong + [(line, _SMALL_PT, QUIET_INK) for line in textwrap.wrap(note, letters)]


def _heads(heads: Sequence[list[tuple[str, float, str]]], side: float, top: float) -> Items:
    for column, lines in enumerate(heads):
        first = top - 1.5 - _LINE_MM * (len(lines) - 1)
        for number, (text, size_pt, colour) in enumerate(lines):
            y = first + _LINE_MM * number
            yield Words(x=_left(column, side), y=y, text=text, size_pt=size_pt, colour=colour)


def _rows(figure: MapFigure, side: float, top: float, step: float) -> Items:
    for row, (name, outlines) in enumerate(figure.rows):
        y = top + step * row
        yield Words(x=_MARGIN, y=y + side / 2, text=name, size_pt=_HEAD_PT)
        for column, cell in enumerate(figure.cells[row]):
            yield from _cell(cell, outlines, (_left(column, side), y), side)


def _cell(
    cell: Cell, outlines: Sequence[NDArray[np.float64]], place: tuple[float, float], side: float
) -> Items:
    x, y = place
    if cell.pixels is None:
        corners = np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])
        yield Line(points=corners, colour=QUIET_INK, width=0.1, is_closed=True)
        lines = textwrap.wrap(" ".join(cell.words), max(6, int(side / _MM_PER_LETTER)))
        yield from _lines(lines, x + 1.0, y + side / 2)
        return
    yield Picture(x=x, y=y, width=side, height=side, pixels=cell.pixels)
    for polygon in outlines:
        points = np.array([x, y]) + side * np.clip(polygon, 0, 1)
        yield Line(points=points, colour="#000000", width=0.45, is_closed=True)
        yield Line(points=points, colour="#FFFFFF", width=0.2, is_closed=True)
    for number, text in enumerate(_beneath(cell, side)):
        yield Words(x=x, y=y + side + 3.0 + _LINE_MM * number, text=text, size_pt=_SMALL_PT)


def _scale_places(scales: Sequence[Scale], width: float) -> list[list[Scale]]:
    """Return the scales as lines that fit the sheet."""
    fits = max(1, int((width - 2 * _MARGIN) // 85.0))
    return [list(scales[start : start + fits]) for start in range(0, len(scales), fits)]


def _scales(scales: Sequence[Scale], width: float, below: float) -> Items:
    for line, shown in enumerate(_scale_places(scales, width)):
        for place, scale in enumerate(shown):
            yield from _scale(scale, _MARGIN + 85.0 * place, below + 6.0 * line)


def _scale(scale: Scale, x: float, y: float) -> Items:
    length, height = _SCALE_MM
    start = x + 1.2 * len(scale.low) + 1.5
    yield Words(x=x, y=y + height - 0.4, text=scale.low, size_pt=_SMALL_PT)
    yield Picture(x=start, y=y, width=length, height=height, pixels=scale.colours[np.newaxis])
    text = f"{scale.high}  {scale.text}"
    yield Words(x=start + length + 1.5, y=y + height - 0.4, text=text, size_pt=_SMALL_PT)


def _lines(lines: Sequence[str], x: float, y: float) -> Items:
    for number, text in enumerate(lines):
        yield Words(x=x, y=y + _LINE_MM * number, text=text, size_pt=_SMALL_PT, colour=QUIET_INK)


def _left(column: int, side: float) -> float:
    return _MARGIN + _NAMES + column * (side + _GAP)
