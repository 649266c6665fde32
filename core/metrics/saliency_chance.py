"""What scores against human maps are worth: chance, intervals, and which emotion matches best."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from core.metrics.saliency_tables import Table, standardised

Figures = NDArray[np.float64]

_NOTHING = 1e-5  # squared norm beside 1 that rounding leaves of a map that is the mean of all


@dataclass(frozen=True, kw_only=True)
class Identification:
    """For how many emotions the best matching human map is the one of the same emotion.

    Attributes:
        best: Of each emotion, the place of the human map that correlates best; -1 where no
            correlation is defined.
        n_right: Emotions whose own map it is.
        n: Emotions.
        chance: Share that is right by chance, 1 / n.
        p_value: How often emotions' human maps, dealt out anew in all n! ways, give as many.
    """

    best: tuple[int, ...]
    n_right: int
    n: int
    chance: float
    p_value: float


def permutation_p(table: Table) -> float:
    """Return how often human maps dealt out anew match as well in the mean, 0..1; exact.

    All k! ways of giving the k emotions one human map each are tried, the true one among them, so
    the smallest possible value is 1 / k!. Networks' maps stay as they are: a map that matches every
    emotion gets a p of 1, however well it matches.

    Args:
        table: float64, shape (k, k), of a score that is higher where maps are more alike.

    Returns:
        NaN where a value is missing or there is no emotion.
    """
    if not table.size or np.isnan(table).any():
        return float("nan")
    k = len(table)
    dealt = np.array(list(permutations(range(k))))
    means = table[np.arange(k), dealt].mean(axis=1)
    return float((means >= np.trace(table) / k - 1e-12).mean())


def identification(table: Table) -> Identification:
    """Return which human map matches each emotion's map best, and what the count is worth.

    Args:
        table: float64, shape (k, k), of correlations, rows the network's.
    """
    k = len(table)
    known = ~np.isnan(table).all(axis=1)
    best = np.full(k, -1)
    best[known] = np.nanargmax(table[known], axis=1) if known.any() else -1
    n_right = int((best == np.arange(k)).sum())
    dealt = np.array(list(permutations(range(k))))
    counts = (dealt[:, best] == np.arange(k))[:, known].sum(axis=1) if k else np.zeros(1)
    return Identification(
        best=tuple(int(one) for one in best),
        n_right=n_right,
        n=k,
        chance=1 / k if k else float("nan"),
        p_value=float((counts >= n_right).mean()),
    )


def resampled_correlations(
    groups: Sequence[NDArray[np.float32]],
    humans: Figures,
    *,
    rng: np.random.Generator,
    n_resamples: int,
) -> tuple[Figures, Figures]:
    """Return CC of mean maps with their own human maps where images are drawn anew.

    Each resample draws every emotion's images with replacement, averages their maps and scores the
    mean. All correlations follow from the products of images' maps with each other and with human
    maps, so no mean map is ever made: a thousand resamples of 900 images take a tenth of a second.

    Args:
        groups: Of each of k emotions float32, shape (n_images, n_places), at least one image.
        humans: float64, shape (k, n_places).
        rng: Draws the images.
        n_resamples: How often.

    Returns:
        Two float64 arrays, shape (n_resamples, k): CC as it is, and with the mean over emotions
        removed. NaN where it is not defined.
    """
    people = standardised(humans).astype(np.float32)
    centred = [maps - maps.mean(axis=1, keepdims=True) for maps in groups]
    drawn = [_weights(len(maps), rng, n_resamples) for maps in groups]
    with_people = np.stack(
        [w @ (maps @ people.T) for w, maps in zip(drawn, centred, strict=True)], axis=1
    )
    with_each_other = _products(drawn, centred)
    norms = _known_only(np.sqrt(_diagonal(with_each_other)), least=0.0)
    matches = with_people / norms[:, :, None]
    likeness = with_each_other / (norms[:, :, None] * norms[:, None, :])
    special = _known_only(_diagonal(_doubly_centred(likeness)), least=_NOTHING)
    of_people = _known_only(_diagonal(_doubly_centred(people @ people.T)), least=_NOTHING)
    return _diagonal(matches), _diagonal(_doubly_centred(matches)) / np.sqrt(special * of_people)


def _known_only(values: Figures, *, least: float) -> Figures:
    """Return values, NaN where they are not above `least`."""
    return np.where(values > least, values, np.nan)


def _weights(n: int, rng: np.random.Generator, n_resamples: int) -> NDArray[np.float32]:
    """Return each image's weight in the mean of each resample: float32, (n_resamples, n)."""
    drawn = rng.integers(n, size=(n_resamples, n)) + n * np.arange(n_resamples)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=n_resamples * n)
    return (counts / n).astype(np.float32).reshape(n_resamples, n)


def _products(
    weights: Sequence[NDArray[np.float32]], maps: Sequence[NDArray[np.float32]]
) -> Figures:
    """Return the products of each resample's mean maps with each other: (n_resamples, k, k)."""
    every = np.concatenate(maps)
    products = every @ every.T
    all_weights = np.concatenate(weights, axis=1)
    starts = np.cumsum([0, *(len(group) for group in maps)])
    rows = [
        np.add.reduceat((own @ products[start:end]) * all_weights, starts[:-1], axis=1)
        for own, start, end in zip(weights, starts[:-1], starts[1:], strict=True)
    ]
    return np.stack(rows, axis=1).astype(np.float64)


def _doubly_centred(table: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return products of vectors as they are once the mean vector is taken from each side's."""
    rows = table - table.mean(axis=-2, keepdims=True)
    return np.asarray(rows - rows.mean(axis=-1, keepdims=True))


def _diagonal(tables: NDArray[np.floating]) -> Figures:
    return np.diagonal(tables, axis1=-2, axis2=-1).astype(np.float64)
