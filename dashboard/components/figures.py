"""How every figure looks: the theme's colours given explicitly, no toolbar, scrolls on a phone."""

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"
_CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "responsive": True}


@dataclass(frozen=True)
class Palette:
    """The colours of a theme that figures need; the same values as .streamlit/config.toml."""

    text: str
    muted: str
    grid: str
    surface: str
    accent: str
    second: str
    alarm: str


LIGHT = Palette(
    text="#1B1F27",
    muted="#5B6270",
    grid="#E4E6EB",
    surface="#FFFFFF",
    accent="#4F46B8",
    second="#B35900",
    alarm="#B3261E",
)
DARK = Palette(
    text="#E6E8EC",
    muted="#A2A9B6",
    grid="#2C313B",
    surface="#14161B",
    accent="#A9A5F5",
    second="#F0A04B",
    alarm="#FF8A80",
)


def palette() -> Palette:
    """Return the colours of the theme that the browser shows now."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def dress(figure: go.Figure, *, height: int, margin: tuple[int, int, int, int]) -> go.Figure:
    """Give a figure the theme's text, no background and margins (left, right, top, bottom)."""
    colours = palette()
    left, right, top, bottom = margin
    figure.update_layout(
        height=height,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 4},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 12, "color": colours.text},
        dragmode=False,
        hoverlabel={
            "bgcolor": colours.surface,
            "bordercolor": colours.grid,
            "font": {"family": FONT, "size": 12, "color": colours.text},
        },
        legend={"font": {"color": colours.text}, "bgcolor": "rgba(0,0,0,0)"},
    )
    axis = {
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "zerolinecolor": colours.grid,
        "tickfont": {"color": colours.text},
        "title_font": {"color": colours.muted, "size": 12},
        "fixedrange": True,
        "automargin": False,
    }
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def show(figure: go.Figure, *, key: str, alt: str) -> None:
    """Draw a figure as wide as its place; `alt` says in words what it shows."""
    st.plotly_chart(figure, key=key, alt=alt, theme=None, config=_CONFIG)
