"""Pairs between two lists of perceptual hashes: new pictures and known ones, pictures and mirrors.

The same pigeonhole bands as in `core.quality.near_duplicates`, joined instead of paired.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.quality.near_duplicates import HASH_BITS, NearPairs

BLOCK_PAIRS = 1_000_000  # 8 MB of differences at a time stay in the cache
# Fewer pairs than this, or wider limits than that, are compared one by one, without bands.
FEW_PAIRS = 1_000_000
WIDEST_BANDED_BITS = 8

Indices = NDArray[np.int64]


def near_pairs_between(
    one: NDArray[np.int64], other: NDArray[np.int64], *, max_distance_bits: int
) -> NearPairs:
    """Find the hashes of one list that almost agree with some of another.

    Args:
        one: int64, shape (n,). 64-bit hashes.
        other: int64, shape (m,). 64-bit hashes.
        max_distance_bits: Largest Hamming distance, 0 to 64, that still counts as near.

    Returns:
        Every such pair once; `first` indexes `one` and `second` indexes `other`, in any relation.

    Raises:
        ValueError: If `max_distance_bits` is outside 0..64.
    """
    if not 0 <= max_distance_bits <= HASH_BITS:
        raise ValueError(f"max_distance_bits is {max_distance_bits}; give 0 to {HASH_BITS}.")
    left, right = one.view(np.uint64), other.view(np.uint64)
    is_banded = max_distance_bits <= WIDEST_BANDED_BITS and len(one) * len(other) > FEW_PAIRS
    search = _by_bands if is_banded else _one_by_one
    found = list(search(left, right, max_distance_bits))
    first = np.concatenate([np.zeros(0, dtype=np.int64), *(first for first, _ in found)])
    second = np.concatenate([np.zeros(0, dtype=np.int64), *(second for _, second in found)])
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    distances = np.bitwise_count(left[first] ^ right[second]).astype(np.int64)
    return NearPairs(first, second, distances)


def _one_by_one(
    left: NDArray[np.uint64], right: NDArray[np.uint64], max_distance_bits: int
) -> Iterator[tuple[Indices, Indices]]:
    """Yield the near pairs of some rows of the matrix of all differences at a time."""
    rows = max(1, BLOCK_PAIRS // max(1, len(right)))
    for top in range(0, len(left), rows):
        difference = left[top : top + rows, None] ^ right
        first, second = np.nonzero(np.bitwise_count(difference) <= max_distance_bits)
        yield first + top, second


def _by_bands(
    left: NDArray[np.uint64], right: NDArray[np.uint64], max_distance_bits: int
) -> Iterator[tuple[Indices, Indices]]:
    """Yield the near pairs that agree on a band and on none before it, where they were found."""
    n_bands = max_distance_bits + 1
    edges = [HASH_BITS * number // n_bands for number in range(n_bands + 1)]
    masks = [np.uint64((1 << high) - (1 << low)) for low, high in pairwise(edges)]
    for number, mask in enumerate(masks):
        for first, second in _joined(left & mask, right & mask):
            difference = left[first] ^ right[second]
            close = np.flatnonzero(np.bitwise_count(difference) <= max_distance_bits)
            for earlier in masks[:number]:
                close = close[(difference[close] & earlier) != 0]
            yield first[close], second[close]


def _joined(
    left: NDArray[np.uint64], right: NDArray[np.uint64]
) -> Iterator[tuple[Indices, Indices]]:
    """Yield all index pairs with equal keys, about `BLOCK_PAIRS` at a time."""
    order = np.argsort(right, kind="stable")
    keys = right[order]
    starts = np.searchsorted(keys, left, side="left")
    sizes = np.searchsorted(keys, left, side="right") - starts
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(ends, np.arange(0, ends[-1] if len(ends) else 0, BLOCK_PAIRS))
    for top, bottom in pairwise([*np.unique(cuts).tolist(), len(left)]):
        size = sizes[top:bottom]
        first = np.repeat(np.arange(top, bottom), size)
        before = np.repeat(np.cumsum(size) - size, size)
        yield first, order[np.repeat(starts[top:bottom], size) + np.arange(len(first)) - before]
