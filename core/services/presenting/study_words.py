"""Our runs beside the study's rows, in words."""

import numpy as np

from core.services.pooling import PooledRun
from core.services.presenting.wording import number
from core.services.slicing import is_too_small


def less(ours: float, interval: tuple[float, float], theirs: float) -> str:
    """Return our figure less theirs in points with the interval of ours moved along."""
    low, high = (100 * (end - theirs) for end in interval)
    return f"{100 * (ours - theirs):+.2f} ({low:+.1f} to {high:+.1f})"


def runs_words(ours: PooledRun) -> str:
    """Return which runs stand beside a row of the study, on how many images, and their spread."""
    few = ", too few for a statement" if is_too_small(ours.n) else ""
    names = ", ".join(f"#{run.id}" for run in ours.runs) + f", n = {number(ours.n)}{few}"
    if np.isnan(ours.accuracy_spread):
        return names
    spread = f"\N{PLUS-MINUS SIGN} {100 * ours.accuracy_spread:.1f} over seeds"
    return f"{names}, {spread}"
