"""Scores by hand, and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from core.errors import EmptySetError
from core.metrics.classification import score
from db.enums import EMOTIONS, Emotion

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=200)


def scored(true_and_called):
    labels, predicted = np.array(true_and_called, dtype=np.int64).T
    return labels, predicted, score(labels, predicted)


def test_four_faces_by_hand():
    _, _, scores = scored([(0, 0), (0, 0), (0, 1), (1, 1)])
    angry, disgust = scores.per_class[Emotion.ANGRY], scores.per_class[Emotion.DISGUST]
    assert (angry.n, angry.accuracy, angry.precision) == (3, 2 / 3, 1.0)
    assert (disgust.n, disgust.accuracy, disgust.precision) == (1, 1.0, 0.5)
    assert scores.accuracy == 0.75
    assert scores.weighted_f1 == pytest.approx((3 * 0.8 + 2 / 3) / 4)
    assert scores.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_an_emotion_without_faces_scores_zero_and_does_not_lower_the_macro_mean():
    _, _, scores = scored([(0, 0)])
    assert scores.per_class[Emotion.SAD].f1 == 0.0
    assert scores.macro_f1 == 1.0


def test_confusion_has_true_emotions_in_rows():
    _, _, scores = scored([(0, 3), (0, 3), (3, 0)])
    assert (scores.confusion[0, 3], scores.confusion[3, 0]) == (2, 1)


@given(pairs)
def test_overall_figures_agree_with_scikit_learn(true_and_called):
    labels, predicted, scores = scored(true_and_called)
    for average, ours in (("weighted", scores.weighted_f1), ("macro", scores.macro_f1)):
        theirs = metrics.f1_score(labels, predicted, average=average, zero_division=0)
        assert abs(ours - theirs) <= 1e-12
    assert abs(scores.accuracy - metrics.accuracy_score(labels, predicted)) <= 1e-12


@given(pairs)
def test_class_figures_agree_with_scikit_learn(true_and_called):
    labels, predicted, scores = scored(true_and_called)
    precision, recall, f1, n = metrics.precision_recall_fscore_support(
        labels, predicted, labels=range(7), zero_division=0
    )
    for k, emotion in enumerate(EMOTIONS):
        ours = scores.per_class[emotion]
        assert ours.n == n[k]
        assert abs(ours.accuracy - recall[k]) <= 1e-12
        assert abs(ours.precision - precision[k]) <= 1e-12
        assert abs(ours.f1 - f1[k]) <= 1e-12
    expected = metrics.confusion_matrix(labels, predicted, labels=range(7))
    assert np.array_equal(scores.confusion, expected)


def test_nothing_to_score_is_an_error():
    with pytest.raises(EmptySetError):
        score(np.array([], dtype=np.int64), np.array([], dtype=np.int64))


@pytest.mark.parametrize("wrong", [[7], [-1], [0, 0]])
def test_classes_that_do_not_exist_and_unequal_lengths_are_errors(wrong):
    with pytest.raises(ValueError, match=r"labels have shape|classes must lie"):
        score(np.array([0]), np.array(wrong))
