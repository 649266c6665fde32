"""Heatmaps with a number in every cell: figures per run and emotion, and confusion."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.services.presenting.scales import AMOUNTS, amount_colours
from dashboard.components.figures import dress, palette

_ROW_PX, _LINE_PX, _HEADER_PX, _LEFT_PX, _LETTER_PX = 28, 12, 14, 14, 6.2
_TICK_SIZE = 11  # seven names side by side fit a phone


def heatmap(
    values: NDArray[np.float64],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    texts: Sequence[Sequence[str]],
    hovers: Sequence[Sequence[str]],
    most: float = 1.0,
) -> go.Figure:
    """Return a heatmap with its numbers written in the cells.

    Args:
        values: float64, shape (n_rows, n_columns), 0 to `most`; NaN leaves a cell empty.
        rows: Names beside the rows, in order from the top.
        columns: Names above the columns.
        texts: What is written in each cell.
        hovers: What each cell says when pointed at.
        most: The value at the bright end of the colours.
    """
    figure = go.Figure(
        go.Heatmap(
            z=values,
            zmin=0.0,
            zmax=most,
            colorscale=AMOUNTS,
            showscale=False,
            xgap=2,
            ygap=2,
            customdata=np.array(hovers, dtype=object),
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    _write(figure, values / most, texts)
    _name(figure, rows, columns)
    return _size(figure, rows, columns)


def _most_lines(names: Sequence[str]) -> int:
    return max(name.count("<br>") + 1 for name in names)


def _size(figure: go.Figure, rows: Sequence[str], columns: Sequence[str]) -> go.Figure:
    """Give the figure room for its names and rows; the names stay level, also on a phone."""
    header = _HEADER_PX + _LINE_PX * _most_lines(columns)
    row = _ROW_PX + _LINE_PX * (_most_lines(rows) - 1)
    left = _LEFT_PX + round(
        _LETTER_PX * max(len(part) for name in rows for part in name.split("<br>"))
    )
    dress(figure, height=header + row * len(rows), margin=(left, 6, header, 0))
    figure.update_xaxes(tickangle=0, tickfont_size=_TICK_SIZE, ticklabeloverflow="allow")
    figure.update_yaxes(tickfont_size=_TICK_SIZE)
    return figure


def _name(figure: go.Figure, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Write the names of the columns above the cells and those of the rows beside them."""
    ticks = {"showgrid": False, "zeroline": False, "showline": False, "ticks": ""}
    figure.update_xaxes(
        side="top", tickvals=list(range(len(columns))), ticktext=list(columns), **ticks
    )
    figure.update_yaxes(
        autorange="reversed", tickvals=list(range(len(rows))), ticktext=list(rows), **ticks
    )


def _write(figure: go.Figure, shares: NDArray[np.float64], texts: Sequence[Sequence[str]]) -> None:
    """Write each cell's text in an ink chosen for its colour."""
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            share = shares[row, column]
            colour = amount_colours(float(share))[1] or palette().muted
            figure.add_annotation(
                x=column, y=row, text=text, showarrow=False, font={"color": colour, "size": 12}
            )
