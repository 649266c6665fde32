"""A heatmap as a table: a number in every cell, words when pointed at, a press opens its faces.

Plotly's heatmaps report no clicks to Streamlit and take seconds for hundreds of rows; this draws
1,600 cells in a moment and is walked with the arrow keys.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from core.services.presenting.cells import Cell, HeatTable

__all__ = ["Cell", "HeatTable", "draw", "pressed", "toggle_query"]

_HERE = Path(__file__).parent

_table = st.components.v2.component(
    "heat_table",
    html='<div class="heat" tabindex="-1"></div>',
    css=(_HERE / "heat_table.css").read_text(),
    js=(_HERE / "heat_table.js").read_text(),
)


def draw(table: HeatTable, *, key: str, label: str, on_press: Callable[[], None]) -> None:
    """Draw a table; `on_press` runs after a cell was pressed, which `pressed` then returns.

    `label` says in words what the table shows.
    """
    data = {
        "corner": table.corner,
        "label": label,
        "columns": [list(column) for column in table.columns],
        "rows": [list(row) for row in table.rows],
        "cells": [[list(asdict(cell).values()) for cell in line] for line in table.cells],
        "chosen": list(table.chosen) if table.chosen else None,
    }
    _table(key=key, data=data, on_cell_change=on_press)


def pressed(key: str) -> tuple[int, int] | None:
    """Return the row and column of the cell that was just pressed, or None."""
    found = st.session_state[key].get("cell")
    return (int(found["row"]), int(found["column"])) if isinstance(found, dict) else None


def toggle_query(parameter: str, cell: str) -> None:
    """Put the cell that was pressed into the page's address; take it out when pressed again."""
    if st.query_params.get(parameter) == cell:
        del st.query_params[parameter]
    else:
        st.query_params[parameter] = cell
