import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import pearsonr

from core.metrics.saliency import correlation, similarity

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
    for score in (correlation, similarity):
        with pytest.raises(ValueError, match="differ in shape"):
            score(LEFT, np.ones((3, 3)))


def test_similarity_refuses_negative_values():
    with pytest.raises(ValueError, match="negative"):
        similarity(LEFT, LEFT - 1)
