import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import permutation_test

from core.metrics.saliency_chance import (
    identification,
    permutation_p,
    resampled_correlations,
)
from core.metrics.saliency_tables import correlations, without_mean

tables = arrays(np.float64, (4, 4), elements=st.integers(-9, 9).map(float))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_perfect_match_is_one_of_all_ways_to_deal_maps_out():
    assert permutation_p(np.eye(3)) == pytest.approx(1 / 6)
    assert permutation_p(np.eye(7)) == pytest.approx(1 / 5040)


def test_a_map_that_matches_every_emotion_alike_proves_nothing():
    assert permutation_p(np.full((5, 5), 0.9)) == 1
    assert permutation_p(np.tile(np.arange(4.0), (4, 1))) == 1  # one human map is a good match


def test_the_worst_match_has_a_p_of_one():
    assert permutation_p(-np.eye(3)) == 1


def test_two_swapped_emotions_of_three():
    # Sums of the six ways: 1 as they are, 3 with the two swapped back, 1 twice and 0 twice else.
    table = np.array([[1.0, 0, 0], [0, 0, 1], [0, 1, 0]])
    assert permutation_p(table) == pytest.approx(4 / 6)


@given(tables)
def test_p_values_are_those_of_scipys_exact_permutation_test(table):
    def mean_of(places: np.ndarray, axis: int = -1) -> np.ndarray:
        return table[np.arange(4), places.astype(int)].mean(axis=axis)

    expected = permutation_test(
        (np.arange(4),),
        mean_of,
        permutation_type="pairings",
        alternative="greater",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert permutation_p(table) == pytest.approx(expected.pvalue)


@given(tables, st.integers(0, 23))
def test_the_order_of_emotions_does_not_matter(table, number):
    order = list(np.random.default_rng(number).permutation(4))
    assert permutation_p(table[np.ix_(order, order)]) == pytest.approx(permutation_p(table))


def test_a_missing_score_leaves_no_p_value():
    table = np.eye(3)
    table[1, 2] = np.nan
    assert math.isnan(permutation_p(table))
    assert math.isnan(permutation_p(np.zeros((0, 0))))


def test_all_emotions_identified_is_one_way_of_all():
    found = identification(np.eye(4))
    assert (found.best, found.n_right, found.n) == ((0, 1, 2, 3), 4, 4)
    assert found.chance == 0.25
    assert found.p_value == pytest.approx(1 / 24)


def test_one_human_map_that_is_always_best_is_right_once_and_proves_nothing():
    found = identification(np.tile([0.1, 0.9, 0.2], (3, 1)))
    assert found.best == (1, 1, 1)
    assert found.n_right == 1
    assert found.p_value == 1


def test_what_has_no_correlation_is_not_identified():
    table = np.eye(3)
    table[2] = np.nan
    found = identification(table)
    assert found.best == (0, 1, -1)
    assert found.n_right == 2
    # Two of three rows count: 1 of the 6 ways has both right (then the third is right, too).
    assert found.p_value == pytest.approx(1 / 6)
    assert identification(np.full((3, 3), np.nan)).n_right == 0


@given(tables)
def test_chance_alone_gives_one_right_in_the_mean(table):
    # Whatever matches best, a dealt-out map is the right one with chance 1 / n.
    found = identification(table)
    assert 0 < found.p_value <= 1
    assert found.n_right <= 4


def made_groups(k: int = 3, n: int = 5) -> tuple[list[np.ndarray], np.ndarray]:
    generator = np.random.default_rng(1)
    humans = generator.random((k, 60))
    noise = generator.random((k, n, 60))
    return [(human + noise[i]).astype(np.float32) for i, human in enumerate(humans)], humans


def test_resamples_are_scored_as_mean_maps_are():
    groups, humans = made_groups()
    raw, special = resampled_correlations(groups, humans, rng=rng(), n_resamples=40)
    drawing = rng()
    means = np.stack([maps[drawing.integers(5, size=(40, 5))].mean(axis=1) for maps in groups], 1)
    for number, mean in enumerate(means):
        expected = np.diagonal(correlations(mean, humans))
        np.testing.assert_allclose(raw[number], expected, atol=1e-5)
        expected = np.diagonal(correlations(without_mean(mean), without_mean(humans)))
        np.testing.assert_allclose(special[number], expected, atol=1e-4)


def test_images_that_are_all_alike_leave_nothing_to_vary():
    groups, humans = made_groups(n=1)
    raw, special = resampled_correlations(groups, humans, rng=rng(), n_resamples=20)
    assert np.ptp(raw, axis=0).max() < 1e-5
    assert np.ptp(special, axis=0).max() < 1e-5


def test_more_images_narrow_the_spread():
    few, humans = made_groups(n=4)
    many, _ = made_groups(n=400)
    wide, narrow = (
        resampled_correlations(one, humans, rng=rng(), n_resamples=300)[0].std(axis=0)
        for one in (few, many)
    )
    assert (narrow < wide / 3).all()


def test_a_flat_map_has_no_correlation_in_any_resample():
    groups, humans = made_groups()
    groups[1] = np.ones((5, 60), dtype=np.float32)
    raw, special = resampled_correlations(groups, humans, rng=rng(), n_resamples=3)
    assert np.isnan(raw[:, 1]).all()
    assert not np.isnan(raw[:, 0]).any()
    assert np.isnan(special).all()
