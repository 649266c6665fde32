from hypothesis import given
from hypothesis import strategies as st

from core.quality.leak_free import crossing, fewest_moves, merged
from db.enums import Split

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST
N = 8


def test_a_group_goes_where_most_of_it_is():
    assert fewest_moves([[0, 1, 2]], [TEST, TEST, TRAIN]) == {2: TEST}


def test_training_wins_a_tie():
    assert fewest_moves([[0, 1]], [TEST, TRAIN]) == {0: TRAIN}
    assert fewest_moves([[0, 1]], [TEST, VALIDATION]) == {0: VALIDATION}


def test_groups_that_share_a_member_are_one():
    assert merged([[0, 3], [3, 5], [1, 2]], 6) == [[0, 3, 5], [1, 2]]
    assert merged([], 3) == []


def test_crossing_groups_are_counted_per_pair_of_splits():
    groups = [[0, 1], [2, 3, 4]]
    assert list(crossing(groups, [TRAIN, TRAIN, TRAIN, VALIDATION, TEST]).values()) == [1, 1, 1]


@given(
    st.lists(st.lists(st.integers(0, N - 1), min_size=2, max_size=4, unique=True), max_size=5),
    st.lists(st.sampled_from(Split), min_size=N, max_size=N),
)
def test_no_group_crosses_splits_afterwards_and_no_fewer_moves_would_do(
    groups: list[list[int]], splits: list[Split]
):
    joined = merged(groups, N)
    moves = fewest_moves(joined, splits)
    after = [moves.get(index, split) for index, split in enumerate(splits)]
    assert set(crossing(joined, after).values()) == {0}
    assert set(crossing(groups, after).values()) == {0}
    fewest = sum(
        len(group) - max(sum(splits[index] is split for index in group) for split in Split)
        for group in joined
    )
    assert len(moves) == fewest
    assert all(splits[index] is not split for index, split in moves.items())
