"""Is one classifier better than another on the same images: differences, intervals, tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from core.metrics.classification import confusion
from core.metrics.intervals import LEVEL
from core.metrics.resampling import (
    N_RESAMPLES,
    FigureArrays,
    figures,
    paired_resamples,
    percentile_interval,
)
from db.enums import EMOTIONS, Emotion

Labels = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One figure of the second classifier less that of the first, with what it is worth.

    Attributes:
        difference: -1..1. NaN where the figure has nothing to divide by.
        low: Lower end of the paired bootstrap interval.
        high: Upper end.
        p_value: Of McNemar's exact test; None for figures it does not speak of (F1).
        p_adjusted: The same after Holm's correction over all tests of the table.
    """

    difference: float
    low: float
    high: float
    p_value: float | None = None
    p_adjusted: float | None = None


@dataclass(frozen=True, kw_only=True)
class PairedComparison:
    """Two classifiers on the same n images, by their places in what was compared.

    Attributes:
        first: Place of the first classifier.
        second: Place of the second one.
        n: Images.
        only_first: Images that only the first gets right.
        only_second: Images that only the second gets right.
        accuracy: Of all images.
        weighted_f1: Mean of the classes' F1, weighted by their images.
        recall: Of each emotion's images.
        f1: Of each emotion.
    """

    first: int
    second: int
    n: int
    only_first: int
    only_second: int
    accuracy: Difference
    weighted_f1: Difference
    recall: Mapping[Emotion, Difference]
    f1: Mapping[Emotion, Difference]


def compare_all(
    labels: Labels, predictions: Sequence[Labels], *, seed: int = 0, n_resamples: int = N_RESAMPLES
) -> list[PairedComparison]:
    """Compare every two classifiers on the same images.

    Intervals are percentiles of the paired bootstrap over images. Accuracy and each emotion's
    recall are tested with McNemar's exact test (McNemar 1947), and the p-values of the whole
    table (every pair, overall and each emotion) are corrected together by Holm's step-down
    method (Holm 1979), which keeps the chance of any false claim in the table at the level.

    Args:
        labels: int64, shape (n,). Index into `EMOTIONS`.
        predictions: Of each classifier int64, shape (n,), for the same images in the same order.
        seed: Of the bootstrap.
        n_resamples: Of the bootstrap.

    Returns:
        Pairs (0, 1), (0, 2), ..., (1, 2), ...

    Raises:
        ValueError: If fewer than two classifiers are given or shapes differ.
    """
    if len(predictions) < 2:
        raise ValueError(f"{len(predictions)} classifiers were given; a comparison needs two")
    if any(one.shape != labels.shape for one in predictions):
        raise ValueError(f"predictions must have the labels' shape {labels.shape}")
    rng = np.random.default_rng(seed)
    compared = [
        _pair(labels, (i, predictions[i]), (j, predictions[j]), rng, n_resamples)
        for i, j in combinations(range(len(predictions)), 2)
    ]
    return _corrected(compared)


def _pair(
    labels: Labels,
    first: tuple[int, Labels],
    second: tuple[int, Labels],
    rng: np.random.Generator,
    n_resamples: int,
) -> PairedComparison:
    (i, of_first), (j, of_second) = first, second
    seen = [figures(confusion(labels, one)[None]) for one in (of_first, of_second)]
    drawn = paired_resamples(labels, of_first, of_second, rng=rng, n_resamples=n_resamples)
    resampled = [figures(one) for one in drawn]
    is_right = of_first == labels, of_second == labels
    return PairedComparison(
        first=i,
        second=j,
        n=len(labels),
        only_first=int((is_right[0] & ~is_right[1]).sum()),
        only_second=int((is_right[1] & ~is_right[0]).sum()),
        accuracy=replace(_difference(seen, resampled, "accuracy"), p_value=mcnemar_p(*is_right)),
        weighted_f1=_difference(seen, resampled, "weighted_f1"),
        recall={
            emotion: replace(
                _difference(seen, resampled, "recall", k),
                p_value=mcnemar_p(*(one[labels == k] for one in is_right)),
            )
            for k, emotion in enumerate(EMOTIONS)
        },
        f1={emotion: _difference(seen, resampled, "f1", k) for k, emotion in enumerate(EMOTIONS)},
    )


def mcnemar_p(is_first_right: NDArray[np.bool_], is_second_right: NDArray[np.bool_]) -> float:
    """Return the p-value of McNemar's exact test that both are right equally often, 0..1."""
    both = is_first_right & is_second_right
    only_first = is_first_right & ~is_second_right
    only_second = is_second_right & ~is_first_right
    neither = ~is_first_right & ~is_second_right
    table = [[both.sum(), only_first.sum()], [only_second.sum(), neither.sum()]]
    if not only_first.sum() + only_second.sum():
        return 1.0
    return float(mcnemar(np.array(table), exact=True).pvalue)


def _difference(
    seen: Sequence[FigureArrays],
    resampled: Sequence[FigureArrays],
    name: str,
    column: int | None = None,
) -> Difference:
    """Return second less first for a figure, with its interval at the usual level."""
    at = ... if column is None else (slice(None), column)
    difference = float((getattr(seen[1], name)[at] - getattr(seen[0], name)[at])[0])
    values = getattr(resampled[1], name)[at] - getattr(resampled[0], name)[at]
    if np.isnan(difference):
        return Difference(difference=difference, low=difference, high=difference)
    low, high = percentile_interval(values, level=LEVEL)
    return Difference(difference=difference, low=float(low), high=float(high))


def _corrected(compared: Sequence[PairedComparison]) -> list[PairedComparison]:
    """Return the comparisons with Holm's correction over all their tests."""
    raw = [
        one.p_value
        for pair in compared
        for one in (pair.accuracy, *pair.recall.values())
        if one.p_value is not None
    ]
    adjusted = iter(multipletests(raw, method="holm")[1].tolist())
    return [
        replace(
            pair,
            accuracy=replace(pair.accuracy, p_adjusted=next(adjusted)),
            recall={
                emotion: replace(one, p_adjusted=next(adjusted))
                for emotion, one in pair.recall.items()
            },
        )
        for pair in compared
    ]
