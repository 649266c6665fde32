import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from core.metrics.faithfulness import (
    Estimate,
    Faithfulness,
    Figure,
    Stage,
    areas,
    mean_estimate,
    ranks,
    spearman,
    ssim,
)

RNG = np.random.default_rng(0)
MAPS = RNG.random((3, 20, 20))


def estimate(value):
    return Estimate(value=value, low=value - 0.1, high=value + 0.1)


def faithfulness(last):
    stage = Stage(share=1.0, last_layer="first", spearman=last, ssim=None, n=3)
    figure = Figure(value=None, n=0, why="not asked for")
    return Faithfulness(
        n_images=3, curves=(), sensitivity=figure, infidelity=figure, stages=(stage,)
    )


def test_the_highest_pixel_comes_first():
    found = ranks(np.array([[[0.1, 0.9], [0.5, 0.2]]]), np.random.default_rng(0))
    assert found.tolist() == [[[3, 0], [1, 2]]]


@given(arrays(np.float64, (2, 4, 5), elements=st.floats(0, 1)))
def test_every_pixel_has_a_place_of_its_own(maps):
    found = ranks(maps, np.random.default_rng(0)).reshape(2, -1)
    assert np.sort(found, axis=1).tolist() == [list(range(20))] * 2


def test_equal_pixels_come_in_any_order():
    found = ranks(np.zeros((400, 2, 2)), np.random.default_rng(0))
    assert np.abs(found.mean(axis=0) - 1.5).max() < 0.2


def test_the_area_of_a_straight_line_is_its_middle():
    line = np.linspace(1, 0, 21)
    np.testing.assert_allclose(areas(np.stack([line, np.full(21, 0.3)])), [0.5, 0.3])


def test_a_mean_has_an_interval_that_leaves_missing_values_out():
    values = np.array([0.2, 0.4, 0.6, np.nan])
    found = mean_estimate(values, np.random.default_rng(0))
    assert found.value == pytest.approx(0.4)
    assert 0.2 <= found.low < 0.4 < found.high <= 0.6
    assert mean_estimate(np.array([np.nan]), np.random.default_rng(0)) is None


def test_intervals_hold_the_true_mean_about_as_often_as_they_say():
    rng = np.random.default_rng(0)
    held = [mean_estimate(rng.random(60), rng) for _ in range(100)]
    assert 88 <= sum(one.low < 0.5 < one.high for one in held) <= 100


def test_equal_maps_have_rank_correlation_1_and_turned_ones_less():
    np.testing.assert_allclose(spearman(MAPS, MAPS**3), 1)
    np.testing.assert_allclose(spearman(MAPS, -MAPS), -1)


def test_rank_correlation_is_scipys():
    others = np.round(RNG.random(MAPS.shape), 1)  # with ties
    expected = [
        spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(MAPS, others, strict=True)
    ]
    np.testing.assert_allclose(spearman(MAPS, others), expected)


def test_a_flat_map_has_no_rank_correlation():
    assert math.isnan(spearman(np.zeros((1, 12, 12)), MAPS[:1, :12, :12])[0])


def test_the_similarity_of_equal_maps_is_1_whatever_their_scale():
    np.testing.assert_allclose(ssim(MAPS, 7 * MAPS), 1)


def test_the_similarity_of_flat_maps_is_1_and_of_an_empty_one_nothing():
    assert ssim(np.full((1, 12, 12), 0.4), np.full((1, 12, 12), 9.0))[0] == pytest.approx(1)
    assert math.isnan(ssim(np.zeros((1, 12, 12)), MAPS[:1, :12, :12])[0])


def test_the_similarity_of_an_11_pixel_map_is_that_of_one_window():
    """Wang et al.'s formula, written out for the only window that fits."""
    first, second = RNG.random((1, 11, 11)), RNG.random((1, 11, 11))
    distances = np.arange(-5, 6)
    weights = np.exp(-(distances**2) / (2 * 1.5**2))
    window = np.outer(weights, weights) / weights.sum() ** 2
    x, y = first[0] / first.max(), second[0] / second.max()
    mean_x, mean_y = (window * x).sum(), (window * y).sum()
    var_x, var_y = (window * (x - mean_x) ** 2).sum(), (window * (y - mean_y) ** 2).sum()
    both = (window * (x - mean_x) * (y - mean_y)).sum()
    expected = (
        (2 * mean_x * mean_y + 0.0001)
        * (2 * both + 0.0009)
        / ((mean_x**2 + mean_y**2 + 0.0001) * (var_x + var_y + 0.0009))
    )
    assert ssim(first, second)[0] == pytest.approx(expected)


def test_similarity_of_unrelated_noise_is_near_0():
    rng = np.random.default_rng(1)
    assert abs(ssim(rng.random((20, 48, 48)) ** 8, rng.random((20, 48, 48)) ** 8).mean()) < 0.1


def test_maps_that_a_random_network_shares_are_flagged():
    assert faithfulness(estimate(0.8)).is_flagged
    assert "not what the network learned" in faithfulness(estimate(0.8)).why
    assert not faithfulness(estimate(0.5)).is_flagged
    assert "0.50" in faithfulness(estimate(0.5)).why


def test_a_random_network_without_any_map_is_no_reason_to_flag():
    assert not faithfulness(None).is_flagged
    assert "no map of any image" in faithfulness(None).why
