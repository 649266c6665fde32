"""How many pairs of copies there are at each distance, beside the chosen limit."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.components.figures import dress, palette


def pairs_per_distance(pairs: Sequence[int], *, limit_bits: int) -> go.Figure:
    """Return bars of the number of pairs at each distance; those within the limit stand out."""
    bits = list(range(len(pairs)))
    bars = _bars(bits, pairs, [one <= limit_bits for one in bits])
    bars.update(
        text=[f"{n:,}" if n else "" for n in pairs],
        textposition="outside",
        textfont={"color": palette().text, "size": 11},
        cliponaxis=False,
        hovertemplate="%{y:,} pairs differ in %{x} bits<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_xaxes(title="Bits apart", dtick=1, showgrid=False)
    figure.update_yaxes(visible=False)
    return dress(figure, height=150, margin=(8, 8, 20, 36))


def pairs_per_similarity(pairs: Sequence[int], *, limit: int) -> go.Figure:
    """Return bars of the number of pairs at each hundredth of similarity, most similar first.

    Args:
        pairs: The number at each thousandth below 1, from 0 on.
        limit: How many thousandths below 1 a pair may be.
    """
    edges = range(0, len(pairs) + 9, 10)  # a bar holds the pairs down to its own similarity
    counts = [sum(pairs[max(0, edge - 9) : edge + 1]) for edge in edges]
    similarities = [1 - edge / 1000 for edge in edges]
    bars = _bars(similarities, counts, [edge <= limit for edge in edges])
    bars.update(hovertemplate="%{y:,} pairs at %{x:.2f}<extra></extra>")
    figure = go.Figure(bars)
    figure.update_xaxes(
        title="Similarity", range=[1.005, similarities[-1] - 0.005], dtick=0.1, tickformat=".1f",
        showgrid=False,
    )  # fmt: skip
    figure.update_yaxes(nticks=3)
    return dress(figure, height=150, margin=(48, 8, 8, 36))


def _bars(places: Sequence[float], counts: Sequence[int], is_within: Sequence[bool]) -> go.Bar:
    """Return bars of which those within the limit stand out."""
    colours = palette()
    marker = {
        "color": [colours.accent if within else colours.grid for within in is_within],
        "line": {"width": 0},
    }
    return go.Bar(x=list(places), y=list(counts), marker=marker)
