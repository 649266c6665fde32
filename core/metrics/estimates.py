"""Figures of classifiers with intervals, and differences between them, from confusion counts.

Recall, precision and F1 are ratios of sums over the test images, so each image has an influence
on a figure: how much the figure moves per share of the sample that is this image (Hampel 1974,
J. Am. Stat. Assoc. 69:383). An influence depends on the image's label and prediction only, so 49
numbers a figure are enough. The variance of a figure is its mean squared influence over n; of two
figures on the same images the correlation is that of their influences, whatever the figures are
and however many seeds are averaged in them.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.metrics.classification import N_CLASSES
from core.metrics.intervals import share_interval

Figures = NDArray[np.float64]
Counts = NDArray[np.int64]

N_COLUMNS = 1 + N_CLASSES  # the overall figure stands before the emotions
N_CELLS = N_CLASSES**2  # label * 7 + prediction
_IS = np.eye(N_CLASSES)
_TRULY = np.repeat(_IS[:, :, None], N_CLASSES, axis=2).reshape(N_CLASSES, N_CELLS)
_CALLED = np.repeat(_IS[:, None, :], N_CLASSES, axis=1).reshape(N_CLASSES, N_CELLS)
_HIT = _TRULY * _CALLED


class Metric(StrEnum):
    """A figure of one emotion: its recall (called accuracy, as in the study), precision, F1, n."""

    ACCURACY = "accuracy"
    PRECISION = "precision"
    F1 = "f1"
    SUPPORT = "support"


@dataclass(frozen=True)
class Estimates:
    """Figures with both ends of their 95 % intervals: float64, equal shapes, 0..1 or NaN."""

    values: Figures
    low: Figures
    high: Figures


def values(confusions: Counts, metric: Metric) -> Figures:
    """Return a figure of many confusion matrices, float64, shape (n_matrices, 8).

    The overall figure comes first: accuracy, the images, or the emotions' mean weighted by their
    images. NaN where there is nothing to divide by.

    Args:
        confusions: int64, shape (n_matrices, 7, 7). Rows true emotions, columns predicted ones.
        metric: Which figure.
    """
    if metric is Metric.SUPPORT:
        return images_behind(confusions, metric)
    shares = _shares(confusions)
    truly = shares @ _TRULY.T
    parts, wholes = _terms(metric)
    per_class = _ratio(shares @ parts.T, shares @ wholes.T)
    if metric is Metric.ACCURACY:
        overall = _ratio(shares @ _HIT.sum(axis=0), shares.sum(axis=1))
    else:
        weighted = (np.nan_to_num(per_class) * truly).sum(axis=1)
        overall = _ratio(weighted, shares.sum(axis=1))
    return np.column_stack([overall, per_class])


def influences(confusions: Counts, metric: Metric) -> Figures:
    """Return the influence of an image on each figure, float64, shape (n_matrices, 8, 49).

    The last axis is label * 7 + prediction. Over the images of a matrix influences have mean 0; a
    figure that is NaN has none.

    Raises:
        ValueError: For support, which no prediction changes.
    """
    shares = _shares(confusions)
    parts, wholes = _terms(metric)
    per_class = np.nan_to_num(_ratio(shares @ parts.T, shares @ wholes.T))[..., None]
    whole = (shares @ wholes.T)[..., None]
    moved = parts - per_class * wholes
    found = np.divide(moved, whole, out=np.zeros(moved.shape), where=whole > 0)
    if metric is Metric.ACCURACY:
        hit = _HIT.sum(axis=0)
        overall = hit - (shares @ hit)[:, None]
    else:
        truly = (shares @ _TRULY.T)[..., None]
        overall = ((_TRULY - truly) * per_class + truly * found).sum(axis=1)
    return np.concatenate([overall[:, None], found], axis=1)


def images_behind(confusions: Counts, metric: Metric) -> Figures:
    """Return how many images each figure is a share of, float64, shape (n_matrices, 8).

    Of an emotion's recall those truly of it, of its precision those called it, of its F1 those
    that are or are called it. Of support it is the images themselves.
    """
    counts = confusions.reshape(-1, N_CELLS).astype(np.float64)
    truly, called, hits = (counts @ one.T for one in (_TRULY, _CALLED, _HIT))
    behind = {
        Metric.ACCURACY: truly,
        Metric.PRECISION: called,
        Metric.F1: truly + called - hits,
        Metric.SUPPORT: truly,
    }
    return np.column_stack([counts.sum(axis=1), behind[metric]])


def intervals(
    figures: Figures, variances: Figures, behind: Figures, metric: Metric
) -> tuple[Figures, Figures]:
    """Return both ends of the 95 % intervals of figures, float64, the shape of `figures`.

    Wilson's interval for as many images as would give a share this variance. For one run these are
    the images behind its recall or precision, so it is the usual interval; for a mean over seeds
    they are more, as seeds err on different images. F1 = 2J / (1 + J) has its interval on the scale
    of J, the share of the faces that are or are called the emotion which are both (F* of Hand,
    Christen and Kirielle 2021, Machine Learning 110:451).

    Args:
        figures: Shape (..., 8), 0..1; NaN stays NaN.
        variances: Of the figures, the same shape.
        behind: Images behind each, the same shape; they count where a variance is 0.
        metric: Which figure.
    """
    if metric is not Metric.F1:
        return _wilson(figures, variances, behind)
    low, high = _wilson(figures, variances, behind)
    share = figures[..., 1:] / (2 - figures[..., 1:])
    slope = 2 / (2 - figures[..., 1:]) ** 2
    ends = _wilson(share, variances[..., 1:] * slope**2, behind[..., 1:])
    low[..., 1:], high[..., 1:] = (2 * one / (1 + one) for one in ends)
    return low, high


def difference_interval(
    first: Estimates, second: Estimates, correlation: Figures
) -> tuple[Figures, Figures]:
    """Return both ends of the 95 % intervals of first less second, float64, their shape.

    Newcombe's hybrid score interval for paired proportions (1998, Statistics in Medicine 17:2635),
    for any two figures with intervals of their own as in Zou and Donner 2008 (Statistics in
    Medicine 27:1693). With correlation 0 it is that for independent ones (1998, 17:873, method 10).

    Args:
        first: Figures.
        second: Figures of the same shape.
        correlation: Between the two, -1..1, the same shape; 0 for other images.
    """
    found = first.values - second.values
    below, above = first.values - first.low, first.high - first.values
    other_below, other_above = second.values - second.low, second.high - second.values
    down = np.hypot(below, other_above) ** 2 - 2 * correlation * below * other_above
    up = np.hypot(above, other_below) ** 2 - 2 * correlation * above * other_below
    return found - np.sqrt(np.maximum(down, 0)), found + np.sqrt(np.maximum(up, 0))


def _terms(metric: Metric) -> tuple[Figures, Figures]:
    """Return what an emotion's ratio adds up above and below, by cell, shape (7, 49)."""
    if metric is Metric.ACCURACY:
        return _HIT, _TRULY
    if metric is Metric.PRECISION:
        return _HIT, _CALLED
    if metric is Metric.F1:
        return 2 * _HIT, _TRULY + _CALLED
    raise ValueError(f"{metric} is no ratio")


def _shares(confusions: Counts) -> Figures:
    """Return each cell's share of its matrix, shape (n_matrices, 49); 0 in an empty matrix."""
    cells = confusions.reshape(-1, N_CELLS).astype(np.float64)
    n = cells.sum(axis=1, keepdims=True)
    shares: Figures = np.divide(cells, n, out=np.zeros_like(cells), where=n > 0)
    return shares


def _wilson(figures: Figures, variances: Figures, behind: Figures) -> tuple[Figures, Figures]:
    known = ~np.isnan(figures)
    shares = np.where(known, figures, 0.0)
    spread = shares * (1 - shares)
    n = np.divide(spread, variances, out=behind.astype(np.float64), where=variances > 0)
    low, high = share_interval(shares * n, n)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _ratio(part: Figures, whole: Figures) -> Figures:
    """Return part / whole, NaN where whole is 0."""
    found: Figures = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return found
