"""A table of maps as a figure for print, PNG or SVG."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

import numpy as np
from numpy.typing import NDArray

from core.maps.colouring import (
    ColourMap,
    amount_colours,
    difference_colours,
    difference_overlaid,
    grey,
    overlaid,
)
from core.maps.sheets import (
    PX_PER_MM,
    Cell,
    MapFigure,
    Scale,
    maps_sheet,
    picture_side,
    to_png,
    to_svg,
)
from core.services.presenting.map_table import MapCell, MapTable
from core.services.presenting.wording import title


class PrintFormat(StrEnum):
    """The kinds of file."""

    PNG = "png"
    SVG = "svg"


@dataclass(frozen=True, kw_only=True)
class MapLook:
    """How maps are painted: the scale, how strongly over the face, and outlines on it."""

    colours: ColourMap = ColourMap.INFERNO
    strength: float = 0.7
    has_outlines: bool = False
    is_one_scale: bool = False


def printed(
    table: MapTable, look: MapLook, kind: PrintFormat, *, heading: str, note: str = ""
) -> bytes:
    """Return a table of maps as a file for print, at most 180 mm wide; PNG at 300 dpi."""
    sheet = maps_sheet(_figure(table, look, heading, note))
    return to_png(sheet) if kind is PrintFormat.PNG else to_svg(sheet)


def painted(cell: MapCell, look: MapLook, *, side_px: int) -> NDArray[np.uint8] | None:
    """Return a cell's picture: uint8, shape (side_px, side_px, 3), RGB; None where it has none."""
    if cell.gap:
        return None
    if cell.values is None:
        return grey(cell.face, side_px=side_px)
    if cell.is_difference:
        return difference_overlaid(
            cell.face, cell.values, strength=look.strength, most=cell.most, side_px=side_px
        )
    return overlaid(
        cell.face, cell.values,
        colours=look.colours, strength=look.strength, most=cell.most, side_px=side_px,
    )  # fmt: skip


def _figure(table: MapTable, look: MapLook, heading: str, note: str) -> MapFigure:
    cells = [cell for line in table.cells for cell in line if cell.values is not None]
    side_px = ceil(picture_side(len(table.columns), len(table.rows)) * PX_PER_MM)
    return MapFigure(
        title=heading,
        columns=[(column.name, _below(column.note, column.flag)) for column in table.columns],
        rows=[
            (title(row.emotion), row.outlines if look.has_outlines else []) for row in table.rows
        ],
        cells=[[_cell(cell, look, side_px) for cell in line] for line in table.cells],
        scales=_scales(cells, look),
        note=note,
    )


def _below(note: str, flag: tuple[str, str] | None) -> str:
    return note if flag is None else f"{note}. {flag[0]}".lstrip(". ")


def _cell(cell: MapCell, look: MapLook, side_px: int) -> Cell:
    pixels = painted(cell, look, side_px=side_px)
    return Cell(pixels=pixels, words=(cell.gap,) if pixels is None else cell.words.lines)


def _scales(cells: list[MapCell], look: MapLook) -> list[Scale]:
    amounts = [cell for cell in cells if not cell.is_difference]
    differences = [cell for cell in cells if cell.is_difference]
    scales = []
    if amounts:
        low, high, text = amount_ends(amounts, look)
        scales.append(Scale(colours=amount_colours(look.colours), text=text, low=low, high=high))
    if differences:
        low, high, text = difference_ends(differences)
        scales.append(Scale(colours=difference_colours()[1:], text=text, low=low, high=high))
    return scales


def amount_ends(cells: list[MapCell], look: MapLook) -> tuple[str, str, str]:
    """Return what the ends of the scale of amounts are, and of what it is."""
    if look.is_one_scale:
        return "0", f"{max(cell.most for cell in cells):.1f}", "times chance"
    return "0", "most", "of each map"


def difference_ends(cells: list[MapCell]) -> tuple[str, str, str]:
    """Return what the ends of the scale of differences are, and of what it is."""
    most = max(cell.most for cell in cells)
    return f"-{most:.1f}", f"+{most:.1f}", "times chance"
