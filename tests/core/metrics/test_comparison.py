import numpy as np
import pytest
from scipy.stats import binomtest

from core.metrics.classification import score
from core.metrics.comparison import compare_all, mcnemar_p
from db.enums import EMOTIONS, Emotion


def noisy(labels: np.ndarray, share_right: float, rng: np.random.Generator) -> np.ndarray:
    return np.where(
        rng.random(len(labels)) < share_right,
        labels,
        (labels + rng.integers(1, 7, len(labels))) % 7,
    )


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_a_classifier_does_not_differ_from_itself(rng):
    labels = rng.integers(0, 7, 300)
    said = noisy(labels, 0.6, rng)
    (pair,) = compare_all(labels, [said, said])
    assert (pair.accuracy.difference, pair.accuracy.low, pair.accuracy.high) == (0, 0, 0)
    assert pair.accuracy.p_value == 1
    assert (pair.only_first, pair.only_second) == (0, 0)


def test_differences_are_second_less_first(rng):
    labels = rng.integers(0, 7, 500)
    worse, better = noisy(labels, 0.5, rng), noisy(labels, 0.8, rng)
    (pair,) = compare_all(labels, [worse, better])
    first, second = score(labels, worse), score(labels, better)
    assert pair.accuracy.difference == pytest.approx(second.accuracy - first.accuracy)
    assert pair.weighted_f1.difference == pytest.approx(second.weighted_f1 - first.weighted_f1)
    for emotion in EMOTIONS:
        expected = second.per_class[emotion].accuracy - first.per_class[emotion].accuracy
        assert pair.recall[emotion].difference == pytest.approx(expected)
    assert pair.accuracy.low > 0
    assert pair.accuracy.low < pair.accuracy.difference < pair.accuracy.high


def test_mcnemar_is_the_binomial_test_of_the_images_that_only_one_gets_right():
    first = np.array([1] * 12 + [0] * 4 + [1] * 30, dtype=bool)
    second = np.array([0] * 12 + [1] * 4 + [1] * 30, dtype=bool)
    assert mcnemar_p(first, second) == pytest.approx(binomtest(4, 16, 0.5).pvalue)


def test_holm_multiplies_the_smallest_p_value_by_the_number_of_tests(rng):
    labels = rng.integers(0, 7, 700)
    said = [noisy(labels, 0.5, rng), noisy(labels, 0.6, rng), noisy(labels, 0.9, rng)]
    pairs = compare_all(labels, said, n_resamples=50)
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    tests = [one for pair in pairs for one in (pair.accuracy, *pair.recall.values())]
    smallest = min(tests, key=lambda one: one.p_value or 0)
    assert len(tests) == 24
    assert smallest.p_adjusted == pytest.approx(min(1, 24 * (smallest.p_value or 0)))
    assert all((one.p_adjusted or 0) >= (one.p_value or 0) for one in tests)


def test_an_emotion_without_images_has_no_difference(rng):
    labels = rng.integers(1, 7, 200)
    (pair,) = compare_all(labels, [noisy(labels, 0.5, rng), noisy(labels, 0.7, rng)])
    assert np.isnan(pair.recall[Emotion.ANGRY].difference)


def test_one_classifier_cannot_be_compared():
    with pytest.raises(ValueError, match="needs two"):
        compare_all(np.zeros(3, dtype=np.int64), [np.zeros(3, dtype=np.int64)])
