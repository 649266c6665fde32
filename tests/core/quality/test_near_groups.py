from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.quality.near_duplicates import NearPairs
from core.quality.near_groups import per_distance, star_groups

index_pairs = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1])
pair_sets = st.sets(index_pairs, max_size=20)


def near(pairs: set[tuple[int, int]]) -> NearPairs:
    ordered = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return NearPairs(ordered[:, 0], ordered[:, 1], np.ones(len(ordered), dtype=np.int64))


def test_a_chain_makes_two_groups_and_a_triangle_one():
    assert star_groups(near({(0, 1), (1, 2)})) == [[0, 1], [1, 2]]
    assert star_groups(near({(0, 1), (0, 2), (1, 2)})) == [[0, 1, 2]]


def test_two_that_differ_are_never_in_one_group_though_both_are_near_the_first():
    assert star_groups(near({(0, 1), (0, 2)}), {(1, 2)}) == [[0, 1], [0, 2]]


@given(pair_sets, pair_sets)
def test_groups_hold_every_near_pair_and_none_that_differs(
    pairs: set[tuple[int, int]], apart: set[tuple[int, int]]
):
    groups = star_groups(near(pairs), apart)
    together = {pair for group in groups for pair in combinations(group, 2)}
    assert pairs - apart <= together
    assert not apart & together
    assert all((group[0], other) in pairs for group in groups for other in group[1:])


def test_pairs_are_counted_per_distance_by_their_weight():
    distances, weights = np.array([0, 2, 2]), np.array([1, 3, 4])
    assert per_distance(distances, weights, max_distance_bits=3) == [1, 0, 7, 0]
