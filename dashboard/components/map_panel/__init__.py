"""Maps of each emotion in columns: strength, colours, outlines and one zoom change in the browser.

The browser gets 48 x 48 values a map and paints them itself, so a slider costs no pictures.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.maps.colouring import (
    amount_colours,
    amount_steps,
    difference_colours,
    difference_steps,
)
from core.services.presenting.map_prints import MapLook, amount_ends, difference_ends
from core.services.presenting.map_table import MapCell, MapTable, TableColumn, TableRow
from dashboard.components import figures
from dashboard.format import EMOTION_COLOURS, title

_HERE = Path(__file__).parent
# One after the other they are one module: later files use the functions of earlier ones.
_SCRIPTS = ("pixels.js", "zoom.js", "panel.js")
SMALL_PX, LARGE_PX = 120, 240
_FREE_PX, _GAP_PX = 800, 14  # beside the sidebar and the names on a screen of 1280 px

Zoom = tuple[float, float, float]
"""How many times pictures are enlarged, and the corner that is seen as shares of a picture."""

WHOLE: Zoom = (1.0, 0.0, 0.0)

_panel = st.components.v2.component(
    "map_panel",
    html='<div class="panel"></div>',
    css=(_HERE / "map_panel.css").read_text(),
    js="\n".join((_HERE / name).read_text() for name in _SCRIPTS),
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What of a panel is special now: its zoom at first, the place pressed last, its size."""

    zoom: Zoom = WHOLE
    chosen: tuple[int, int] | None = None
    side_px: int = SMALL_PX


def draw(
    table: MapTable,
    look: MapLook,
    shown: Shown,
    *,
    key: str,
    on_press: Callable[[], None],
    on_zoom: Callable[[], None],
) -> None:
    """Draw a panel; after a press `pressed` returns its place, after a zoom `zoomed` the zoom."""
    data = document(table, look, shown)
    _panel(key=key, data=data, on_cell_change=on_press, on_zoom_change=on_zoom)


def side_px(n_columns: int, *, most_px: int) -> int:
    """Return how wide pictures are so that all columns are seen at once, 120 px at least."""
    return min(most_px, max(SMALL_PX, _FREE_PX // max(1, n_columns) - _GAP_PX))


def pressed(key: str) -> tuple[int, int] | None:
    """Return the row and column of the picture that was just pressed, or None."""
    found = st.session_state[key].get("cell")
    return (int(found["row"]), int(found["column"])) if isinstance(found, dict) else None


def zoomed(key: str) -> Zoom:
    """Return the zoom that was just set."""
    found = st.session_state[key].get("zoom")
    if not isinstance(found, list) or len(found) != 3:
        return WHOLE
    times, x, y = (float(value) for value in found)
    return times, x, y


def document(table: MapTable, look: MapLook, shown: Shown) -> dict[str, Any]:
    """Return a panel as the browser gets it; each face is in it once."""
    faces: dict[bytes, int] = {}
    cells = [[_cell(cell, faces) for cell in line] for line in table.cells]
    return {
        "label": "Maps of each emotion",
        "side": shown.side_px,
        "pixels": table.cells[0][0].face.shape[0] if table.cells else 0,
        "columns": [_column(column) for column in table.columns],
        "rows": [_row(row) for row in table.rows],
        "cells": cells,
        "faces": [b64encode(face).decode() for face in faces],
        "legends": _legends(table, look),
        "colours": {
            "amount": _packed(amount_colours(look.colours)),
            "difference": _packed(difference_colours()),
        },
        "strength": look.strength,
        "outlines": look.has_outlines,
        "zoom": list(shown.zoom),
        "chosen": list(shown.chosen) if shown.chosen else None,
        "flag_colour": figures.palette().alarm,
    }


def _column(column: TableColumn) -> dict[str, Any]:
    return {"name": column.name, "note": column.note, "flag": column.flag}


def _row(row: TableRow) -> dict[str, Any]:
    return {
        "title": title(row.emotion),
        "colour": EMOTION_COLOURS[row.emotion],
        "outlines": [_places(polygon) for polygon in row.outlines],
        "dots": [] if row.dots is None else row.dots.round(3).tolist(),
    }


def _places(points: NDArray[np.floating]) -> list[str]:
    return [f"{x:.3f},{y:.3f}" for x, y in points.tolist()]


def _cell(cell: MapCell, faces: dict[bytes, int]) -> dict[str, Any]:
    face = np.asarray(cell.face.clip(0, 255).round(), dtype=np.uint8).tobytes()
    return {
        "face": faces.setdefault(face, len(faces)),
        "steps": None if cell.values is None else _packed(_steps(cell)),
        "kind": "difference" if cell.is_difference else "amount",
        "words": list(cell.words.lines),
        "hover": cell.words.hover,
        "gap": cell.gap,
    }


def _steps(cell: MapCell) -> NDArray[np.uint8]:
    values = np.zeros_like(cell.face) if cell.values is None else cell.values
    paint = difference_steps if cell.is_difference else amount_steps
    return paint(values, most=cell.most)


def _legends(table: MapTable, look: MapLook) -> list[dict[str, str]]:
    shown = [cell for line in table.cells for cell in line if cell.values is not None]
    amounts = [cell for cell in shown if not cell.is_difference]
    differences = [cell for cell in shown if cell.is_difference]
    legends = []
    if amounts:
        legends.append(("amount", *amount_ends(amounts, look)))
    if differences:
        legends.append(("difference", *difference_ends(differences)))
    return [dict(zip(("kind", "low", "high", "text"), one, strict=True)) for one in legends]


def _packed(values: NDArray[np.uint8]) -> str:
    return b64encode(np.ascontiguousarray(values).tobytes()).decode()
