import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy, pearsonr
from sklearn.metrics import roc_auc_score

from core.metrics.saliency import (
    areas_under_curve,
    correlation,
    divergence,
    enrichment,
    looked_at,
    similarity,
)


def area_under_curve(network: np.ndarray, positives: np.ndarray) -> float:
    """The area of one map for one set of places."""
    return float(areas_under_curve(network.reshape(1, -1), positives.reshape(1, -1))[0, 0])


LEFT = np.array([[1.0, 0.0], [1.0, 0.0]])
TOP = np.array([[1.0, 1.0], [0.0, 0.0]])

shades = st.integers(0, 255).map(float)
maps = arrays(np.float64, (4, 5), elements=shades).filter(lambda drawn: np.ptp(drawn) > 0)
tiny_maps = arrays(np.float64, (4, 5), elements=st.floats(0, 1e-150))


def test_a_map_correlates_fully_with_itself_and_inversely_with_its_opposite():
    assert correlation(LEFT, LEFT) == pytest.approx(1)
    assert correlation(LEFT, 1 - LEFT) == pytest.approx(-1)


def test_two_maps_that_share_half_their_places_do_not_correlate():
    assert correlation(LEFT, TOP) == pytest.approx(0)
    assert similarity(LEFT, TOP) == pytest.approx(0.5)


def test_maps_without_overlap_have_no_similarity():
    assert similarity(LEFT, 1 - LEFT) == 0
    assert similarity(LEFT, 3 * LEFT) == pytest.approx(1)


def test_similarity_is_the_shared_mass():
    first, second = np.array([0.2, 0.3, 0.5]), np.array([2.0, 6.0, 2.0])
    assert similarity(first, second) == pytest.approx(0.2 + 0.3 + 0.2)


@given(maps, maps)
def test_correlation_is_what_scipy_and_numpy_say(first, second):
    expected = np.corrcoef(first.ravel(), second.ravel())[0, 1]
    assert correlation(first, second) == pytest.approx(expected, abs=1e-12)
    assert correlation(first, second) == pytest.approx(
        float(pearsonr(first.ravel(), second.ravel()).statistic), abs=1e-9
    )


@given(tiny_maps)
def test_very_small_values_still_correlate_with_themselves(drawn):
    if np.ptp(drawn) > 1e-3 * drawn.max() > 0:
        assert correlation(drawn, drawn) == pytest.approx(1, abs=1e-9)
        assert similarity(drawn, drawn) == pytest.approx(1, abs=1e-9)


@given(maps, maps)
def test_both_scores_are_symmetric_and_bounded(first, second):
    assert correlation(first, second) == pytest.approx(correlation(second, first), abs=1e-12)
    assert -1 <= correlation(first, second) <= 1
    assert similarity(first, second) == pytest.approx(similarity(second, first), abs=1e-12)
    assert 0 <= similarity(first, second) <= 1 + 1e-12


@given(maps, st.floats(0.01, 100), st.floats(0, 100))
def test_brightness_and_contrast_leave_the_correlation_alone(drawn, gain, lift):
    scale = drawn.max()
    moved = gain * drawn / scale + lift
    if np.ptp(moved) > 1e-6:
        assert correlation(drawn, moved) == pytest.approx(1, abs=1e-6)


def test_a_constant_map_has_no_correlation():
    assert math.isnan(correlation(np.full((3, 3), 0.1), np.arange(9.0).reshape(3, 3)))


def test_an_empty_map_has_no_similarity():
    assert math.isnan(similarity(np.zeros((2, 2)), LEFT))


def test_maps_of_different_shapes_are_refused():
    for score in (correlation, similarity, divergence, enrichment):
        with pytest.raises(ValueError, match="differ in shape"):
            score(LEFT, np.ones((3, 3), dtype=np.bool_))


def test_similarity_refuses_negative_values():
    with pytest.raises(ValueError, match="negative"):
        similarity(LEFT, LEFT - 1)
    with pytest.raises(ValueError, match="negative"):
        divergence(LEFT - 1, LEFT)


def test_a_map_diverges_from_itself_not_at_all_and_from_its_half_by_one_bit():
    assert divergence(LEFT, 3 * LEFT) == pytest.approx(0, abs=1e-12)
    # People look left only, the network everywhere: half of its mass is where theirs is.
    assert divergence(np.ones((2, 2)), LEFT) == pytest.approx(math.log(2))


def test_what_is_not_a_number_diverges_by_none():
    for first, second in ((LEFT * np.nan, LEFT), (LEFT, LEFT * np.nan), (0 * LEFT, LEFT)):
        assert math.isnan(divergence(first, second))


def test_what_the_network_misses_costs_more_than_what_it_adds():
    everywhere = np.ones((2, 2))
    assert divergence(LEFT, everywhere) > 10 * divergence(everywhere, LEFT)
    assert math.isfinite(divergence(LEFT, 1 - LEFT))


positive_maps = arrays(np.float64, (4, 5), elements=st.integers(1, 255).map(float))


@given(positive_maps, positive_maps)
def test_divergence_is_scipys_relative_entropy(network, human):
    expected = float(entropy(human.ravel(), network.ravel()))
    assert divergence(network, human) == pytest.approx(expected, abs=1e-9)


@given(maps, maps, st.floats(0.01, 100))
def test_brightness_leaves_divergence_and_enrichment_alone(first, second, gain):
    if first.any() and second.any():
        assert divergence(gain * first, second) == pytest.approx(
            divergence(first, second), rel=1e-6, abs=1e-9
        )
        area = second > 0
        assert enrichment(gain * first, area) == pytest.approx(enrichment(first, area))


def test_the_top_fifth_counts_as_looked_at():
    human = np.arange(100.0).reshape(10, 10)
    np.testing.assert_array_equal(looked_at(human), human >= 80)
    assert not looked_at(np.ones((4, 4))).any()
    few = np.zeros((10, 10))
    few[0, :3] = 1, 2, 3
    assert looked_at(few).sum() == 3  # places that nobody looks at do not fill up the fifth
    many = np.zeros((10, 10))
    many[:5] = 1
    np.testing.assert_array_equal(looked_at(many), many > 0)


def test_ranking_all_looked_at_places_first_is_an_area_of_one():
    assert area_under_curve(LEFT, LEFT > 0) == 1
    assert area_under_curve(-LEFT, LEFT > 0) == 0
    assert area_under_curve(np.ones((2, 2)), LEFT > 0) == 0.5
    # Of 2 x 2 pairs of a place looked at and another, 3 are in order.
    assert area_under_curve(np.array([[4.0, 3.0], [2.0, 1.0]]), LEFT > 0) == 0.75


def test_nothing_or_everything_looked_at_has_no_area():
    for positives in (np.zeros((2, 2), dtype=np.bool_), np.ones((2, 2), dtype=np.bool_)):
        assert math.isnan(area_under_curve(LEFT, positives))
    assert math.isnan(area_under_curve(np.full((2, 2), np.nan), LEFT > 0))


@given(maps, maps)
def test_the_area_is_what_scikit_learn_says_and_ranks_decide(network, human):
    positives = looked_at(human)
    if positives.any() and not positives.all():
        found = area_under_curve(network, positives)
        assert found == pytest.approx(roc_auc_score(positives.ravel(), network.ravel()))
        assert area_under_curve(network**3 + 5, positives) == pytest.approx(found)


def test_the_area_is_judds_where_no_values_are_equal():
    generator = np.random.default_rng(0)
    network, positives = generator.random((48, 48)), generator.random((48, 48)) < 0.2
    thresholds = np.sort(network[positives])[::-1]  # at fixated values only, as Judd et al. have it
    hits = np.arange(1, len(thresholds) + 1) / len(thresholds)
    above = (network[None] >= thresholds[:, None, None]).sum(axis=(1, 2))
    false = (above - np.arange(1, len(thresholds) + 1)) / (~positives).sum()
    judd = np.trapezoid(np.r_[0, hits, 1], np.r_[0, false, 1])
    assert area_under_curve(network, positives) == pytest.approx(float(judd), abs=2e-3)


def test_enrichment_is_density_inside_beside_chance():
    density = np.array([[2.0, 2.0], [0.0, 0.0]])
    assert enrichment(density, TOP > 0) == 2
    assert enrichment(density, LEFT > 0) == 1
    assert enrichment(density, TOP == 0) == 0
    assert math.isnan(enrichment(density, np.zeros((2, 2), dtype=np.bool_)))
    assert math.isnan(enrichment(np.zeros((2, 2)), TOP > 0))
