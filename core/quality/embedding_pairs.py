"""Pairs of pictures that a network describes alike, found exactly.

A classifier's features tell seven emotions apart, so most of their spread is emotion, and all
happy faces are alike to it. Whitening gives every direction the same spread, which leaves what
makes one picture: of the 5,600 pairs of FER2013 that a `fast` network finds most similar, 4,893
are also within 16 bits of perceptual hash when its features are whitened, about 3,600 when they
are only centred. Of two dozen of the others, looked at, all but one were one photograph, cropped
or zoomed otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from core.quality.near_duplicates import NearPairs

MOST_COMPONENTS = 256
PICTURES_PER_COMPONENT = 10  # fewer, and whitening fits the noise of a small set
FEWEST_COMPONENTS = 8
RIDGE = 1e-3  # of the mean variance: directions with less say nothing
BLOCK_ROWS = 1024
THOUSANDTHS = 1000
TOLERANCE = 1e-3  # in thousandths: float32 cosines are exact to 1e-7
WIDEST = 500  # thousandths below 1, a cosine of 0.5: beyond it pictures only share a pose
MOST_PAIRS = 200_000

_Found = tuple[NDArray[np.int64], NDArray[np.int64]]  # shape (2, n_pairs) places, (n_pairs,)


@dataclass(frozen=True)
class SimilarPairs:
    """Pairs whose `distances` are thousandths by which the cosine is below 1, rounded up.

    Every pair up to `reach` is there and none beyond it.
    """

    pairs: NearPairs
    reach: int


def pictures(groups: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the pictures of faces, equal groups being one picture, as they first appear.

    Args:
        groups: int64, shape (n,). Equal numbers mark pixel-identical faces.

    Returns:
        The picture of each face, int64, shape (n,), and the first place of each picture, int64,
        shape (n_pictures,), ascending.
    """
    _, places, picture_of = np.unique(groups, return_index=True, return_inverse=True)
    order = np.argsort(places)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[picture_of], places[order]


def whitened(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return features as unit vectors in which every direction has the same spread.

    Args:
        features: Any float, shape (n, d). One row a picture.

    Returns:
        float32, shape (n, k), k at most 256, d and a tenth of n (but 8); rows of length 1, or all
        0 where a picture is exactly average.
    """
    n, d = features.shape
    rows = features.astype(np.float32)
    rows -= rows.mean(axis=0)
    spread = (rows.T @ rows / max(1, n)).astype(np.float64)
    k = min(d, MOST_COMPONENTS, max(FEWEST_COMPONENTS, n // PICTURES_PER_COMPONENT))
    variances, directions = eigh(spread, subset_by_index=(d - k, d - 1))
    floor = RIDGE * np.trace(spread) / d + np.finfo(np.float32).tiny
    vectors = rows @ (directions / np.sqrt(np.maximum(variances, 0) + floor)).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.where(lengths > 0, lengths, 1)
    return unit


def similar_pairs(
    vectors: NDArray[np.float32],
    *,
    widest: int = WIDEST,
    most_pairs: int = MOST_PAIRS,
    on_rows: Callable[[int], None] = lambda n_rows: None,
) -> SimilarPairs:
    """Find the pairs of unit vectors with a high cosine, comparing all of them in blocks.

    Args:
        vectors: float32, shape (n, k). Rows of length 1.
        widest: Thousandths, 0..1000, by which the cosine of a pair may be below 1.
        most_pairs: Where more pairs are that similar, only the most similar ones are kept, down
            to a whole thousandth; the pairs with cosine 1 always are.
        on_rows: Called after every block with the number of rows done; what it raises ends it.
    """
    reach, n_waiting = widest, 0
    found = [(np.zeros((2, 0), dtype=np.int64), np.zeros(0, dtype=np.int64))]
    for top in range(0, len(vectors), BLOCK_ROWS):
        block = _block(vectors, top, reach)
        found.append(block)
        n_waiting += len(block[1])
        if n_waiting > 2 * most_pairs:
            found, reach = _closest(found, reach, most_pairs)
            n_waiting = len(found[0][1])
        on_rows(min(top + BLOCK_ROWS, len(vectors)))
    ((places, distances),), reach = _closest(found, reach, most_pairs)
    order = np.lexsort((places[1], places[0]))
    return SimilarPairs(NearPairs(places[0][order], places[1][order], distances[order]), reach)


def _block(vectors: NDArray[np.float32], top: int, reach: int) -> _Found:
    """Return the similar pairs of a block of rows with themselves and all rows below."""
    cosines = vectors[top : top + BLOCK_ROWS] @ vectors[top:].T
    first, second = np.nonzero(cosines >= 1 - (reach + TOLERANCE) / THOUSANDTHS)
    above = second > first
    first, second = first[above], second[above]
    below_one = (1 - cosines[first, second].astype(np.float64)) * THOUSANDTHS
    distances = np.maximum(0, np.ceil(below_one - TOLERANCE)).astype(np.int64)
    close = distances <= reach
    return np.stack([first[close] + top, second[close] + top]), distances[close]


def _closest(found: list[_Found], reach: int, most_pairs: int) -> tuple[list[_Found], int]:
    """Return all pairs as one entry, without the farthest where they are too many."""
    places = np.concatenate([places for places, _ in found], axis=1)
    distances = np.concatenate([distances for _, distances in found])
    up_to = np.cumsum(np.bincount(distances, minlength=reach + 1))
    reach = max(0, min(reach, int(np.searchsorted(up_to, most_pairs, side="right")) - 1))
    close = distances <= reach
    return [(places[:, close], distances[close])], reach
