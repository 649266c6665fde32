import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError, EmptySetError
from core.images.faces import FaceSet
from core.quality.folds import fold_numbers, fold_partition


def face_set(labels, groups):
    n = len(labels)
    return FaceSet(
        image_ids=np.arange(n),
        pixels=np.zeros((n, 2, 2), dtype=np.uint8),
        labels=np.asarray(labels, dtype=np.int64),
        splits=np.full(n, "train"),
        groups=np.asarray(groups, dtype=np.int64),
    )


@given(st.integers(0, 1000), st.integers(2, 5))
def test_twins_share_a_fold_and_every_fold_has_its_share(seed, folds):
    rng = np.random.default_rng(seed)
    labels, groups = rng.integers(0, 7, 70), rng.integers(0, rng.integers(10, 90), 70)
    numbers = fold_numbers(labels, groups, folds=folds, seed=seed)
    assert numbers.min() >= 0
    assert numbers.max() < folds
    ids, first = np.unique(groups, return_index=True)
    assert all(len(set(numbers[groups == group])) == 1 for group in ids)
    sizes = np.bincount(numbers[first], minlength=folds)
    assert sizes.max() - sizes.min() <= 1
    for emotion in range(7):
        of_emotion = numbers[first[labels[first] == emotion]]
        counts = np.bincount(of_emotion, minlength=folds)
        assert counts.max() - counts.min() <= 1


def test_another_seed_deals_otherwise_and_the_same_seed_the_same():
    labels, groups = np.arange(70) % 7, np.arange(70)
    one, same, other = (fold_numbers(labels, groups, folds=4, seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.parametrize("folds", [0, 1, 4])
def test_folds_that_do_not_fit_the_faces_are_refused(folds):
    with pytest.raises(ConfigError, match="3 different faces"):
        fold_numbers(np.zeros(4, dtype=int), np.array([0, 0, 1, 2]), folds=folds, seed=0)


@pytest.mark.parametrize("fold", range(3))
def test_no_group_is_on_both_sides_of_a_fold(fold):
    rng = np.random.default_rng(0)
    faces = face_set(rng.integers(0, 7, 200), rng.integers(0, 120, 200))
    numbers = fold_numbers(faces.labels, faces.groups, folds=3, seed=0)
    parts = fold_partition(faces, numbers, fold, validation_share=0.1, seed=0)
    sides = [set(faces.groups[part]) for part in (parts.train, parts.validation, parts.test)]
    assert not sides[0] & sides[1]
    assert not sides[2] & (sides[0] | sides[1])
    everyone = np.concatenate([parts.train, parts.validation, parts.test])
    np.testing.assert_array_equal(np.sort(everyone), np.arange(200))


def test_a_fold_with_nobody_left_to_choose_the_epoch_is_refused():
    faces = face_set([0, 1], [0, 1])
    with pytest.raises(EmptySetError, match="too few"):
        fold_partition(faces, np.array([0, 1]), 0, validation_share=0.1, seed=0)
