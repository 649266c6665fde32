import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.intervals import f1_interval, mean_and_spread, share_interval


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)],
)
def test_the_interval_of_a_share_is_newcombes_published_one(hits, n, low, high):
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (score without correction)
    assert np.allclose(share_interval(hits, n), (low, high), atol=5e-5)


def test_a_share_of_nothing_has_no_interval():
    low, high = share_interval([0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert not np.isnan([low[1], high[1]]).any()


def test_intervals_of_f1_and_of_the_share_behind_it_end_together():
    low, high = f1_interval(40, 60, 50)  # 40 of the 70 faces that are or are called the emotion
    share = share_interval(40, 70)
    assert float(low) == pytest.approx(2 * share[0] / (1 + share[0]))
    assert float(high) == pytest.approx(2 * share[1] / (1 + share[1]))
    assert low < 2 * 40 / 110 < high


def test_ninety_five_percent_intervals_of_f1_cover_the_truth_about_as_often():
    rng = np.random.default_rng(3)
    probabilities = np.array([0.10, 0.06, 0.05, 0.79])  # hit, missed, called wrongly, neither
    truth = 2 * 0.10 / (2 * 0.10 + 0.06 + 0.05)
    drawn = rng.multinomial(1500, probabilities, size=20_000)
    low, high = f1_interval(drawn[:, 0], drawn[:, :2].sum(axis=1), drawn[:, 0] + drawn[:, 2])
    assert 0.93 <= ((low <= truth) & (truth <= high)).mean() <= 0.97


def test_ninety_five_percent_intervals_of_recall_cover_the_truth_about_as_often():
    hits = np.random.default_rng(4).binomial(111, 0.43, size=20_000)  # disgust: 111 test faces
    low, high = share_interval(hits, np.full(20_000, 111))
    assert 0.93 <= ((low <= 0.43) & (high >= 0.43)).mean() <= 0.97


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_share_itself_lies_in_its_interval(hits, n):
    hits = min(hits, n)
    low, high = share_interval(hits, n)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1


def test_seeds_have_a_mean_and_a_sample_standard_deviation():
    assert mean_and_spread(np.array([0.5, 0.6, 0.7])) == pytest.approx((0.6, 0.1))


def test_one_seed_has_no_spread():
    mean, spread = mean_and_spread(np.array([0.5]))
    assert mean == 0.5
    assert np.isnan(spread)
