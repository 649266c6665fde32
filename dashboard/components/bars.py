"""Bars of counts per emotion, before and after cleaning: the study's figure 1."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.services.datasets import Count
from core.services.terms import EMOTIONS
from dashboard.components.figures import dress, palette
from dashboard.format import EMOTION_COLOURS, number, title

_FADED = 0.38  # opacity of the bars before cleaning


def count_bars(counts: Sequence[Count]) -> go.Figure:
    """Return horizontal bars, two an emotion: as imported (faded) and now, summed over splits."""
    original = [sum(c.original for c in counts if c.emotion is e) for e in EMOTIONS]
    current = [sum(c.current for c in counts if c.emotion is e) for e in EMOTIONS]
    colours = [EMOTION_COLOURS[emotion] for emotion in EMOTIONS]
    figure = go.Figure(
        [
            _bars("As imported", original, colours, opacity=_FADED),
            _bars("Now", current, colours, opacity=1.0),
        ]
    )
    figure.update_layout(
        barmode="group",
        bargap=0.32,
        bargroupgap=0.06,
        showlegend=False,
        uniformtext={"minsize": 11, "mode": "show"},
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    figure.update_xaxes(range=[0, 1.16 * max(*original, *current, 1)])  # room for the numbers
    return dress(figure, height=380, margin=(68, 8, 4, 4))


def _bars(name: str, values: list[int], colours: list[str], *, opacity: float) -> go.Bar:
    return go.Bar(
        name=name,
        y=[title(emotion) for emotion in EMOTIONS],
        x=values,
        orientation="h",
        marker={"color": colours, "opacity": opacity, "line": {"width": 0}},
        text=[number(value) for value in values],
        textposition="outside",
        textfont={"color": palette().muted if opacity < 1 else palette().text, "size": 11},
        cliponaxis=False,
        hovertemplate=f"%{{y}}, {name.lower()}: %{{x:,}}<extra></extra>",
    )
