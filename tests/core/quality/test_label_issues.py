import numpy as np
import pytest

from core.errors import InSampleError
from core.quality.label_issues import label_issues
from core.quality.out_of_fold import OutOfFold


def judged(probabilities, labels, groups=None, folds=None, seen=((), ())):
    n = len(labels)
    return OutOfFold(
        image_ids=np.arange(10, 10 + n),
        labels=np.array(labels),
        groups=np.arange(n) if groups is None else np.array(groups),
        folds=np.zeros(n, dtype=np.int64) if folds is None else np.array(folds),
        seen_groups=tuple(np.array(groups_of, dtype=np.int64) for groups_of in seen),
        probabilities=np.array(probabilities, dtype=np.float32),
    )


def test_the_score_is_half_of_one_plus_the_margin_by_hand_for_three_classes():
    found = label_issues(
        [judged([[0.7, 0.2, 0.1], [0.7, 0.2, 0.1], [0.1, 0.45, 0.45]], labels=[0, 2, 1])]
    )
    by_hand = [(1 + 0.7 - 0.2) / 2, (1 + 0.1 - 0.7) / 2, (1 + 0.45 - 0.45) / 2]
    np.testing.assert_allclose(found.scores, by_hand, atol=1e-6)
    assert list(found.suggested) == [1, 0, 2]
    assert list(found.image_ids) == [10, 11, 12]


def test_rounds_count_the_same():
    once, again = ([[0.9, 0.1, 0.0]], [[0.3, 0.1, 0.6]])
    found = label_issues([judged(once, labels=[1]), judged(again, labels=[1])])
    np.testing.assert_allclose(found.scores, [(1 + 0.1 - 0.6) / 2], atol=1e-6)  # means .6 .1 .3
    assert list(found.suggested) == [0]


def test_a_sure_network_scores_from_0_to_1_and_never_suggests_the_label():
    found = label_issues([judged([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], labels=[0, 1])])
    np.testing.assert_allclose(found.scores, [1, 0])
    assert found.suggested[0] != 0
    assert found.suggested[1] == 0


def test_probabilities_that_sum_to_a_little_over_one_are_taken():
    over = np.float32(1) + np.finfo(np.float32).eps
    assert label_issues([judged([[over, 0, 0]], labels=[0])]).scores[0] == 1


def test_a_face_judged_by_a_network_that_was_trained_on_it_is_refused():
    clean = judged(np.full((2, 3), 1 / 3), [0, 1])
    in_sample = judged(np.full((2, 3), 1 / 3), [0, 1], folds=[0, 1], seen=([0], [0]))
    with pytest.raises(InSampleError, match=r"1 of 2 faces .*`feelingit issues NAME`"):
        label_issues([clean, in_sample])
