"""Confidence intervals for shares and F1 from counts: closed forms, for whole tables at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from statsmodels.stats.proportion import proportion_confint

LEVEL = 0.95

Figures = NDArray[np.float64]


def share_interval(
    hits: ArrayLike, n: ArrayLike, *, level: float = LEVEL
) -> tuple[Figures, Figures]:
    """Return the lower and upper end of the Wilson score interval of hits / n.

    Source: Wilson 1927; recommended for small n and shares near 0 or 1 by Brown, Cai and DasGupta
    2001 (Statistical Science 16:101). Fit for accuracy, recall (n: true images of the class) and
    precision (n: images called the class).

    Args:
        hits: Counts, any shape, 0 to n.
        n: Counts, the same shape.
        level: Confidence level, 0 to 1.

    Returns:
        Two float64 arrays of that shape, 0..1; NaN where n is 0.
    """
    hits, n = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    known = n > 0
    low, high = proportion_confint(
        np.where(known, hits, 0.0), np.where(known, n, 1.0), alpha=1 - level, method="wilson"
    )
    return (
        np.where(known, np.clip(low, 0, 1), np.nan),
        np.where(known, np.clip(high, 0, 1), np.nan),
    )


def f1_interval(
    hits: ArrayLike, n: ArrayLike, n_predicted: ArrayLike, *, level: float = LEVEL
) -> tuple[Figures, Figures]:
    """Return the lower and upper end of the interval of an emotion's F1.

    F1 = 2J / (1 + J) where J = hits / (n + n_predicted - hits) is the share of the faces that are
    or are called the emotion which are both (F* of Hand, Christen and Kirielle 2021, Machine
    Learning 110:451). J is a share of counted faces, so it has a Wilson interval, and as F1 rises
    with J the interval carries over end by end.

    Args:
        hits: Images rightly called the emotion; any shape.
        n: Images truly of it.
        n_predicted: Images called it.
        level: Confidence level, 0 to 1.

    Returns:
        Two float64 arrays of that shape, 0..1; NaN where no image is or is called the emotion.
    """
    hits = np.asarray(hits, dtype=np.float64)
    union = np.asarray(n, dtype=np.float64) + np.asarray(n_predicted, dtype=np.float64) - hits
    low, high = share_interval(hits, union, level=level)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def mean_and_spread(values: Figures) -> tuple[float, float]:
    """Return the mean and the sample standard deviation (n - 1) over seeds; NaN spread for one."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    return float(np.mean(values)), spread
