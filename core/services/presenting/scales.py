"""Colours of tables and lines: told apart by every kind of colour vision, an ink that reads."""

from functools import lru_cache

import numpy as np
from plotly.colors import get_colorscale, sample_colorscale, unlabel_rgb

AMOUNTS = "Cividis"
DIFFERENCES = "PuOr_r"  # purple below 0, white at 0, orange above
# Lines of runs: Okabe and Ito's palette (2008) without the yellow that white paper swallows.
LINE_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
N_STEPS = 128
DARK_INK, LIGHT_INK = "#000000", "#FFFFFF"


def amount_colours(share: float) -> tuple[str, str]:
    """Return fill and ink, #RRGGBB, for a share 0..1 of the largest amount; empty for NaN."""
    return ("", "") if np.isnan(share) else _scale(AMOUNTS)[_step(share)]


def difference_colours(difference: float, *, most: float) -> tuple[str, str]:
    """Return fill and ink for a difference; `most` is the largest distance from 0 of the table."""
    if np.isnan(difference):
        return "", ""
    return _scale(DIFFERENCES)[_step(0.5 + 0.5 * difference / most if most else 0.5)]


def ink_on(red: float, green: float, blue: float) -> str:
    """Return black or white, whichever has more contrast (WCAG) to a colour, channels 0..255."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (red / 255, green / 255, blue / 255)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return DARK_INK if luminance > 0.179 else LIGHT_INK  # equal contrast to both at 0.179


def _step(share: float) -> int:
    return round(float(np.clip(share, 0, 1)) * (N_STEPS - 1))


@lru_cache(maxsize=4)
def _scale(name: str) -> tuple[tuple[str, str], ...]:
    """Return fill and ink of every step of a colour scale, from its low end."""
    steps = np.linspace(0, 1, N_STEPS).tolist()
    colours = [unlabel_rgb(one) for one in sample_colorscale(get_colorscale(name), steps)]
    return tuple(
        ("#{:02x}{:02x}{:02x}".format(*(round(c) for c in one)), ink_on(*one)) for one in colours
    )
