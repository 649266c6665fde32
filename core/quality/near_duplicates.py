"""Pairs of images whose perceptual hashes almost agree, found exactly and without comparing all.

Two 64-bit hashes that differ in at most d bits agree on at least one of any d + 1 bands of bits
(pigeonhole; the multi-index hashing of Norouzi, Punjani and Fleet, CVPR 2012). So only hashes that
share a band are compared: of the 644 million pairs of FER2013, 76 million at 8 bits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

HASH_BITS = 64
# Buckets up to this size are compared all at once, shifted by one, two, ... places; larger ones
# alone, as a matrix. Measured on FER2013's hashes: 32 to 256 take the same time within 5 %.
LARGE_BUCKET = 64
BLOCK_PAIRS = 2_000_000  # 16 MB of differences at a time
# Above this distance bands are so narrow that almost all pairs share one: compare all, once.
WIDEST_BANDED_BITS = 15


@dataclass(frozen=True)
class NearPairs:
    """Pairs of images, ordered by first, then second image.

    Attributes:
        first: int64, shape (n_pairs,). Index of the pair's first image.
        second: int64, shape (n_pairs,). Index of its second image, above the first.
        distances: int64, shape (n_pairs,). Bits in which the two hashes differ, or by how much a
            network finds them less than alike (`core.quality.embedding_pairs`).
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    distances: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.first)

    def where(self, wanted: NDArray[np.bool_]) -> "NearPairs":
        """Return the pairs that are wanted: bool, shape (n_pairs,)."""
        return NearPairs(self.first[wanted], self.second[wanted], self.distances[wanted])


@dataclass(frozen=True)
class _Band:
    """Hashes sorted by one band of their bits.

    Attributes:
        order: int64, shape (n,). The original index of each place.
        hashes: uint64, shape (n,). The hashes in that order.
        starts: int64, shape (n_buckets,). First place of each run of equal bands.
        sizes: int64, shape (n_buckets,). Length of each run.
    """

    order: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]


def near_duplicate_pairs(hashes: NDArray[np.int64], *, max_distance_bits: int) -> NearPairs:
    """Find pairs of images whose perceptual hashes almost agree.

    Args:
        hashes: int64, shape (n_images,). One 64-bit hash per image.
        max_distance_bits: Largest Hamming distance, 0 to 64, that still counts as near.

    Returns:
        Every such pair once.

    Raises:
        ValueError: If `max_distance_bits` is outside 0..64.
    """
    if not 0 <= max_distance_bits <= HASH_BITS:
        raise ValueError(f"max_distance_bits is {max_distance_bits}; give 0 to {HASH_BITS}.")
    bits = hashes.view(np.uint64)
    is_banded = max_distance_bits <= WIDEST_BANDED_BITS
    masks = _band_masks(max_distance_bits + 1) if is_banded else [np.uint64(0)]
    found = [
        (band.order[left], band.order[right])
        for number, mask in enumerate(masks)
        for band in [_sorted_by(bits, mask)]
        for left, right in _close_places(band, max_distance_bits)
        for left, right in [_not_found_before(band, left, right, masks[:number])]
    ]
    return _ordered_pairs(bits, found)


def _band_masks(n_bands: int) -> list[np.uint64]:
    """Return masks that split 64 bits into bands of almost equal width."""
    edges = [HASH_BITS * number // n_bands for number in range(n_bands + 1)]
    return [np.uint64((1 << high) - (1 << low)) for low, high in pairwise(edges)]


def _sorted_by(bits: NDArray[np.uint64], mask: np.uint64) -> _Band:
    keys = bits & mask
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.r_[len(keys) > 0, keys[1:] != keys[:-1]])
    return _Band(order, bits[order], starts, np.diff(np.r_[starts, len(keys)]))


def _close_places(
    band: _Band, max_distance_bits: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield arrays of places left < right that share a bucket and differ in few enough bits."""
    is_large = band.sizes > LARGE_BUCKET
    for start, size in zip(band.starts[is_large], band.sizes[is_large], strict=True):
        yield from _close_in_large(band.hashes, start, size, max_distance_bits)
    ends = np.repeat(band.starts + band.sizes, band.sizes)
    left = np.flatnonzero(np.repeat(~is_large, band.sizes))
    for shift in range(1, LARGE_BUCKET):
        left = left[left + shift < ends[left]]
        if len(left) == 0:
            return
        difference = band.hashes[left] ^ band.hashes[left + shift]
        close = left[np.bitwise_count(difference) <= max_distance_bits]
        yield close, close + shift


def _close_in_large(
    hashes: NDArray[np.uint64], start: int, size: int, max_distance_bits: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the close places of one large bucket, some rows of its triangle at a time."""
    rows = max(1, BLOCK_PAIRS // size)
    for top in range(start, start + size - 1, rows):
        bottom = min(top + rows, start + size - 1)
        columns = hashes[top + 1 : start + size]
        difference = hashes[top:bottom, None] ^ columns
        left, right = np.nonzero(np.bitwise_count(difference) <= max_distance_bits)
        above = right >= left  # column 0 is the row after the first: the triangle above it
        yield left[above] + top, right[above] + top + 1


def _not_found_before(
    band: _Band, left: NDArray[np.int64], right: NDArray[np.int64], earlier: list[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs without those that agree on an earlier band, where they were found."""
    difference = band.hashes[left] ^ band.hashes[right]
    is_new = np.ones(len(left), dtype=np.bool_)
    for mask in earlier:
        is_new &= (difference & mask) != 0
    return left[is_new], right[is_new]


def _ordered_pairs(
    bits: NDArray[np.uint64], found: list[tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> NearPairs:
    one = np.concatenate([np.zeros(0, dtype=np.int64), *(left for left, _ in found)])
    other = np.concatenate([np.zeros(0, dtype=np.int64), *(right for _, right in found)])
    first, second = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    distances = np.bitwise_count(bits[first] ^ bits[second]).astype(np.int64)
    return NearPairs(first, second, distances)
