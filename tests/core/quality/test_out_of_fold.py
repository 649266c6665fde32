from dataclasses import replace

import numpy as np
import pytest

from core.errors import InSampleError
from core.quality.out_of_fold import OutOfFold, refuse_in_sample, without_in_sample


def judged(groups, folds, seen):
    n = len(groups)
    return OutOfFold(
        image_ids=np.arange(10, 10 + n),
        labels=np.arange(n),
        groups=np.array(groups),
        folds=np.array(folds),
        seen_groups=tuple(np.array(groups_of, dtype=np.int64) for groups_of in seen),
        probabilities=np.full((n, 7), 1 / 7, dtype=np.float32),
    )


def test_judges_that_saw_other_faces_only_are_taken():
    refuse_in_sample(judged(groups=[0, 1], folds=[0, 1], seen=([1], [0])))


def test_a_face_judged_by_a_network_that_was_trained_on_it_is_refused():
    with pytest.raises(InSampleError, match=r"1 of 2 faces .*`feelingit issues NAME`"):
        refuse_in_sample(judged(groups=[0, 1], folds=[0, 1], seen=([0], [0])))


def test_a_copy_in_training_is_refused_as_well():
    with pytest.raises(InSampleError, match="1 of 2"):
        refuse_in_sample(judged(groups=[5, 5], folds=[0, 1], seen=([], [5])))


def test_the_predictions_of_a_run_on_its_training_faces_are_refused():
    with pytest.raises(InSampleError, match="3 of 3"):
        refuse_in_sample(judged(groups=[0, 1, 2], folds=[0, 0, 0], seen=([0, 1, 2],)))


def test_a_face_whose_judge_is_unknown_is_refused():
    unknown = replace(judged(groups=[0], folds=[0], seen=([],)), folds=np.array([7]))
    with pytest.raises(InSampleError):
        refuse_in_sample(unknown)


def test_only_faces_in_sample_are_left_out():
    found = without_in_sample(judged(groups=[4, 5, 6], folds=[0, 0, 0], seen=([5],)))
    assert list(found.image_ids) == [10, 12]
    assert list(found.labels) == [0, 2]
    refuse_in_sample(found)


def test_where_all_are_in_sample_none_is_judged():
    with pytest.raises(InSampleError, match="2 of 2"):
        without_in_sample(judged(groups=[4, 5], folds=[0, 0], seen=([4, 5],)))
