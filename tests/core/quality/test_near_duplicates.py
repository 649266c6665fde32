import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.quality import near_duplicates
from core.quality.near_duplicates import near_duplicate_pairs

# Few distinct bits, so that close pairs and equal bands are common.
hash_arrays = arrays(
    np.int64,
    st.integers(0, 40),
    elements=st.integers(0, 2**12 - 1).map(lambda bits: bits * 0x0010_0100_1001_0001 >> 1),
)


def brute_force(hashes: np.ndarray, limit: int) -> list[tuple[int, int, int]]:
    return [
        (i, j, distance)
        for i in range(len(hashes))
        for j in range(i + 1, len(hashes))
        if (distance := (int(hashes[i]) ^ int(hashes[j])).bit_count()) <= limit
    ]


def as_list(hashes: np.ndarray, limit: int) -> list[tuple[int, int, int]]:
    found = near_duplicate_pairs(hashes, max_distance_bits=limit)
    return [
        (int(i), int(j), int(d))
        for i, j, d in zip(found.first, found.second, found.distances, strict=True)
    ]


def test_hashes_one_bit_apart_are_near_at_distance_one():
    hashes = np.array([0b0000, 0b0001, 0b1111], dtype=np.int64)
    assert as_list(hashes, 1) == [(0, 1, 1)]
    assert as_list(hashes, 3) == [(0, 1, 1), (1, 2, 3)]


def test_the_sign_bit_counts_like_any_other():
    assert as_list(np.array([0, -(2**63)], dtype=np.int64), 1) == [(0, 1, 1)]


@given(hash_arrays, st.integers(0, 64))
def test_exactly_the_pairs_of_comparing_all_are_found(hashes: np.ndarray, limit: int):
    assert as_list(hashes, limit) == brute_force(hashes, limit)


@pytest.mark.parametrize("large_bucket", [1, 3, 64])
@given(hashes=hash_arrays)
def test_how_buckets_are_compared_does_not_matter(hashes: np.ndarray, large_bucket: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_duplicates, "LARGE_BUCKET", large_bucket)
        patch.setattr(near_duplicates, "BLOCK_PAIRS", 7)
        assert as_list(hashes, 6) == brute_force(hashes, 6)


@given(hash_arrays, st.integers(0, 63))
def test_a_looser_limit_never_loses_a_pair(hashes: np.ndarray, limit: int):
    assert set(as_list(hashes, limit)) <= set(as_list(hashes, limit + 1))


def test_no_images_have_no_pairs():
    assert len(near_duplicate_pairs(np.zeros(0, dtype=np.int64), max_distance_bits=4)) == 0


@pytest.mark.parametrize("limit", [-1, 65])
def test_a_limit_that_64_bits_cannot_have_is_refused(limit: int):
    with pytest.raises(ValueError, match="give 0 to 64"):
        near_duplicate_pairs(np.zeros(1, dtype=np.int64), max_distance_bits=limit)
