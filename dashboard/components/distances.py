"""How many pairs of copies there are at each distance, beside the chosen limit."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.components.figures import dress, palette


def pairs_per_distance(pairs: Sequence[int], *, limit_bits: int) -> go.Figure:
    """Return bars of the number of pairs at each distance; those within the limit stand out."""
    colours = palette()
    bits = list(range(len(pairs)))
    figure = go.Figure(
        go.Bar(
            x=bits,
            y=list(pairs),
            marker={
                "color": [colours.accent if one <= limit_bits else colours.grid for one in bits],
                "line": {"width": 0},
            },
            text=[f"{n:,}" if n else "" for n in pairs],
            textposition="outside",
            textfont={"color": colours.text, "size": 11},
            cliponaxis=False,
            hovertemplate="%{y:,} pairs differ in %{x} bits<extra></extra>",
        )
    )
    figure.update_xaxes(title="Bits apart", dtick=1, showgrid=False)
    figure.update_yaxes(visible=False)
    return dress(figure, height=150, margin=(8, 8, 20, 36))
