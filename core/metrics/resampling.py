"""The bootstrap over test images, drawn as counts: exact, and thousands of resamples in a moment.

Drawing n images with replacement and counting how often each combination of label and predictions
occurs is one draw from a multinomial distribution over the combinations. The counts are all that
accuracy, recall, precision and F1 depend on, so nothing is lost by drawing them directly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.classification import N_CLASSES
from core.metrics.intervals import LEVEL

N_RESAMPLES = 2000

Figures = NDArray[np.float64]
Counts = NDArray[np.int64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class FigureArrays:
    """Figures of many confusion matrices at once, float64, 0..1.

    Attributes:
        accuracy: Shape (n_resamples,).
        weighted_f1: Shape (n_resamples,).
        macro_f1: Shape (n_resamples,). Mean over the classes that occur in labels or predictions.
        recall: Shape (n_resamples, 7). NaN for a class that no drawn image is of.
        precision: Shape (n_resamples, 7). NaN for a class that no drawn image is called.
        f1: Shape (n_resamples, 7). NaN where both are missing.
    """

    accuracy: Figures
    weighted_f1: Figures
    macro_f1: Figures
    recall: Figures
    precision: Figures
    f1: Figures


def figures(confusions: Counts) -> FigureArrays:
    """Return the figures of confusion matrices, int64, shape (n_resamples, 7, 7), rows true."""
    hits = np.diagonal(confusions, axis1=1, axis2=2).astype(np.float64)
    truly = confusions.sum(axis=2).astype(np.float64)
    called = confusions.sum(axis=1).astype(np.float64)
    f1 = _ratio(2 * hits, truly + called)
    n = truly.sum(axis=1)
    return FigureArrays(
        accuracy=hits.sum(axis=1) / n,
        weighted_f1=(np.nan_to_num(f1) * truly).sum(axis=1) / n,
        macro_f1=np.nanmean(f1, axis=1),
        recall=_ratio(hits, truly),
        precision=_ratio(hits, called),
        f1=f1,
    )


def paired_resamples(
    labels: Labels,
    first: Labels,
    second: Labels,
    *,
    rng: np.random.Generator,
    n_resamples: int = N_RESAMPLES,
) -> tuple[Counts, Counts]:
    """Return bootstrap resamples of two classifiers' confusion matrices on the same images.

    Both matrices of a resample count the same drawn images, so their figures can be subtracted.

    Args:
        labels: int64, shape (n,). Index into `EMOTIONS`.
        first: int64, shape (n,). What the first classifier says.
        second: int64, shape (n,). What the second one says.
        rng: Draws the resamples.
        n_resamples: How many.

    Returns:
        Two int64 arrays, shape (n_resamples, 7, 7), rows true emotions, columns predicted.
    """
    n = len(labels)
    combination = (labels * N_CLASSES + first) * N_CLASSES + second
    seen, counts = np.unique(combination, return_counts=True)
    drawn = rng.multinomial(n, counts / n, size=n_resamples)
    cells = np.zeros((n_resamples, N_CLASSES**3), dtype=np.int64)
    cells[:, seen] = drawn
    cube = cells.reshape(n_resamples, N_CLASSES, N_CLASSES, N_CLASSES)
    return cube.sum(axis=3), cube.sum(axis=2)


def resampled_drops(
    n_lost: int, n_won: int, n: int, *, rng: np.random.Generator, n_resamples: int = N_RESAMPLES
) -> Figures:
    """Return how far the share of right answers falls in bootstrap resamples of the same n images.

    Args:
        n_lost: Images that are right before and wrong after.
        n_won: Images that are wrong before and right after.
        n: All images, at least 1.
        rng: Draws the resamples.
        n_resamples: How many.

    Returns:
        float64, shape (n_resamples,), -1..1; below 0 where the share rises.
    """
    shares = np.array([n_lost, n_won, n - n_lost - n_won]) / n
    drawn = rng.multinomial(n, shares, size=n_resamples)
    return np.asarray((drawn[:, 0] - drawn[:, 1]) / n, dtype=np.float64)


def percentile_interval(values: Figures, *, level: float = LEVEL) -> tuple[Figures, Figures]:
    """Return the central share `level` of resampled values, along the first axis, NaN left out."""
    tail = 100 * (1 - level) / 2
    low, high = np.nanpercentile(values, [tail, 100 - tail], axis=0)
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def _ratio(part: Figures, whole: Figures) -> Figures:
    """Return part / whole, NaN where whole is 0."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
