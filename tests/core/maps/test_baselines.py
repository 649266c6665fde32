import numpy as np
import pytest

from core.maps.baselines import CENTRE_SIGMA, centre_gaussian, edges, uniform


def test_the_centre_is_round_and_spreads_as_said():
    drawn = centre_gaussian()
    assert drawn.mean() == pytest.approx(1)
    np.testing.assert_allclose(drawn, drawn.T)
    np.testing.assert_allclose(drawn, drawn[::-1])
    assert drawn[24, 24] / drawn[24, 36] == pytest.approx(
        np.exp(((12.5 / 48) ** 2 - (0.5 / 48) ** 2) / (2 * CENTRE_SIGMA**2))
    )


def test_a_uniform_map_is_chance_everywhere():
    np.testing.assert_array_equal(uniform(), np.ones((48, 48)))


def test_edges_lie_where_grey_changes():
    face = np.full((48, 48), 50.0)
    face[:, 24:] = 150
    drawn = edges(face)
    assert drawn[:, 23:25].min() > 0
    assert not drawn[:, :22].any()
    assert not drawn[:, 26:].any()
    assert not edges(np.full((48, 48), 90.0)).any()
