import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import f1_score, precision_score, recall_score

from core.metrics.classification import confusion, score
from core.metrics.resampling import (
    figures,
    paired_resamples,
    percentile_interval,
    resampled_drops,
)


@pytest.fixture
def faces() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 7, 900)
    first = np.where(rng.random(900) < 0.6, labels, rng.integers(0, 7, 900))
    second = np.where(rng.random(900) < 0.3, labels, first)
    return labels, first, second


def test_figures_of_many_matrices_are_those_of_scikit_learn(faces):
    labels, first, _ = faces
    found = figures(confusion(labels, first)[None])
    assert np.allclose(found.recall[0], recall_score(labels, first, average=None))
    assert np.allclose(found.precision[0], precision_score(labels, first, average=None))
    assert np.allclose(found.f1[0], f1_score(labels, first, average=None))
    assert found.weighted_f1[0] == pytest.approx(f1_score(labels, first, average="weighted"))
    assert found.macro_f1[0] == pytest.approx(score(labels, first).macro_f1)


def test_a_class_without_images_has_no_recall_and_no_weight():
    matrix = np.zeros((1, 7, 7), dtype=np.int64)
    matrix[0, 0, 0], matrix[0, 1, 0] = 3, 1
    found = figures(matrix)
    assert found.recall[0, :2].tolist() == [1.0, 0.0]
    assert np.isnan(found.recall[0, 2:]).all()
    assert found.weighted_f1[0] == pytest.approx(3 / 4 * 6 / 7)


def test_drawing_counts_gives_the_interval_that_drawing_images_gives(faces):
    labels, first, _ = faces
    hits = (labels == first).astype(float)
    theirs = bootstrap(
        (hits,), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(1)
    ).confidence_interval
    drawn, _ = paired_resamples(
        labels, first, first, rng=np.random.default_rng(2), n_resamples=4000
    )
    ours = percentile_interval(figures(drawn).accuracy)
    assert np.allclose(ours, (theirs.low, theirs.high), atol=0.004)


def test_paired_resamples_count_the_same_images_for_both(faces):
    labels, first, second = faces
    one, other = paired_resamples(labels, first, second, rng=np.random.default_rng(0))
    assert (one.sum(axis=2) == other.sum(axis=2)).all()
    assert (one.sum(axis=(1, 2)) == len(labels)).all()


def test_resamples_scatter_around_the_matrix_they_come_from(faces):
    labels, first, second = faces
    one, other = paired_resamples(
        labels, first, second, rng=np.random.default_rng(0), n_resamples=4000
    )
    assert np.allclose(one.mean(axis=0), confusion(labels, first), atol=1)
    assert np.allclose(other.mean(axis=0), confusion(labels, second), atol=1)


def test_ninety_five_percent_intervals_of_a_difference_cover_the_truth_about_as_often():
    rng = np.random.default_rng(11)
    labels = np.repeat(np.arange(7), 60)
    truth = 0.6 * 0.9 + 0.4 * 0.1 - 0.6
    covered = 0
    for _ in range(1000):
        is_easy = rng.random(len(labels)) < 0.6  # the same faces are easy for both
        first = np.where(is_easy, labels, (labels + 1) % 7)
        second = np.where(is_easy ^ (rng.random(len(labels)) < 0.1), labels, (labels + 1) % 7)
        drawn = paired_resamples(labels, first, second, rng=rng, n_resamples=400)
        hits = [one.diagonal(axis1=1, axis2=2).sum(axis=1) for one in drawn]
        low, high = percentile_interval((hits[1] - hits[0]) / len(labels))
        covered += low <= truth <= high
    assert 0.93 <= covered / 1000 <= 0.97


def test_drops_spread_as_the_differences_of_paired_images_do():
    lost, won, n = 40, 10, 100
    differences = np.repeat([1, -1, 0], [lost, won, n - lost - won])
    drawn = resampled_drops(lost, won, n, rng=np.random.default_rng(0), n_resamples=20_000)
    assert drawn.mean() == pytest.approx(0.3, abs=0.005)
    assert drawn.std() == pytest.approx(differences.std() / np.sqrt(n), rel=0.03)
    reference = bootstrap((differences,), np.mean, method="percentile", rng=1).confidence_interval
    assert percentile_interval(drawn)[0] == pytest.approx(reference.low, abs=0.011)
    assert percentile_interval(drawn)[1] == pytest.approx(reference.high, abs=0.011)


def test_images_that_stay_as_they_were_leave_no_drop():
    assert not resampled_drops(0, 0, 7, rng=np.random.default_rng(0), n_resamples=9).any()
    assert (resampled_drops(7, 0, 7, rng=np.random.default_rng(0), n_resamples=9) == 1).all()
