import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.quality import near_search
from core.quality.near_search import near_pairs_between

hash_arrays = arrays(
    np.int64,
    st.integers(0, 20),
    elements=st.integers(0, 2**12 - 1).map(lambda bits: bits * 0x0010_0100_1001_0001 >> 1),
)


def brute_force(one: np.ndarray, other: np.ndarray, limit: int) -> list[tuple[int, int, int]]:
    return [
        (i, j, distance)
        for i in range(len(one))
        for j in range(len(other))
        if (distance := (int(one[i]) ^ int(other[j])).bit_count()) <= limit
    ]


def as_list(one: np.ndarray, other: np.ndarray, limit: int) -> list[tuple[int, int, int]]:
    found = near_pairs_between(one, other, max_distance_bits=limit)
    parts = (found.first, found.second, found.distances)
    return [(int(i), int(j), int(d)) for i, j, d in zip(*parts, strict=True)]


def test_a_new_hash_is_found_near_a_known_one():
    known = np.array([0b1111_0000, 0], dtype=np.int64)
    assert as_list(np.array([1], dtype=np.int64), known, 1) == [(0, 1, 1)]


@pytest.mark.parametrize("few_pairs", [0, 1_000_000])
@given(one=hash_arrays, other=hash_arrays, limit=st.integers(0, 64))
def test_exactly_the_pairs_of_comparing_all_are_found(
    few_pairs: int, one: np.ndarray, other: np.ndarray, limit: int
):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_search, "FEW_PAIRS", few_pairs)
        patch.setattr(near_search, "BLOCK_PAIRS", 7)
        assert as_list(one, other, limit) == brute_force(one, other, limit)


@given(hash_arrays, hash_arrays, st.integers(0, 12))
def test_the_order_of_the_lists_does_not_matter(one: np.ndarray, other: np.ndarray, limit: int):
    turned = sorted((j, i, d) for i, j, d in as_list(other, one, limit))
    assert as_list(one, other, limit) == turned


@pytest.mark.parametrize("limit", [-1, 65])
def test_a_limit_that_64_bits_cannot_have_is_refused(limit: int):
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(ValueError, match="give 0 to 64"):
        near_pairs_between(none, none, max_distance_bits=limit)
