"""Colour scales of tables: contrast, the middle, what is unknown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from plotly.colors import unlabel_rgb

from core.services.presenting import scales


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of '#rrggbb' or 'rgb(r, g, b)', written from its text."""
    hex_parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)] if colour[0] == "#" else None
    parts = hex_parts or unlabel_rgb(colour)
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in parts)
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


@given(st.floats(0, 1), st.sampled_from(["amounts", "differences"]))
def test_numbers_in_a_heatmap_have_readable_contrast(share: float, kind: str):
    if kind == "amounts":
        fill, ink = scales.amount_colours(share)
    else:
        fill, ink = scales.difference_colours(2 * share - 1, most=1)
    cell, text = luminance(fill), luminance(ink)
    assert (max(cell, text) + 0.05) / (min(cell, text) + 0.05) >= 4.5


def test_no_difference_is_the_middle_of_a_scale_that_is_as_far_to_both_sides():
    assert scales.difference_colours(0, most=0.3) == scales.difference_colours(0, most=5)
    worse, better = (scales.difference_colours(d, most=0.3)[0] for d in (-0.3, 0.3))
    assert int(worse[5:], 16) > int(worse[3:5], 16)  # purple: more blue than green
    assert int(better[1:3], 16) > int(better[5:], 16)  # orange: more red than blue


def test_what_is_unknown_has_no_colour():
    assert scales.amount_colours(float("nan")) == ("", "")
    assert scales.difference_colours(float("nan"), most=1) == ("", "")
