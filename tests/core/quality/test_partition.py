"""Nobody is tested, or chosen by, on a copy of what was trained on without it being known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.configs import Protocol, preset
from core.errors import EmptySetError
from core.images.faces import FaceSet
from core.quality.partition import partition, partition_of
from db.enums import ModelName, Split


def faces_of(rows):
    """Return a face set of (split, label, group) rows with blank pixels."""
    splits, labels, groups = zip(*rows, strict=True)
    return FaceSet(
        image_ids=np.arange(len(rows)),
        pixels=np.zeros((len(rows), 4, 4), dtype=np.uint8),
        labels=np.array(labels, dtype=np.int64),
        splits=np.array([str(split) for split in splits]),
        groups=np.array(groups, dtype=np.int64),
    )


def split_of(rows, share=0.25, seed=0):
    return partition(faces_of(rows), validation_share=share, seed=seed)


TRAINING = [(Split.TRAIN, k % 2, k) for k in range(40)]
training_rows = st.lists(
    st.tuples(st.just(Split.TRAIN), st.integers(0, 6), st.integers(0, 30)), min_size=1, max_size=80
)
test_rows = st.lists(
    st.tuples(st.just(Split.VALIDATION), st.integers(0, 6), st.integers(0, 40)),
    min_size=1,
    max_size=40,
)


def test_with_two_splits_the_second_is_the_test_and_a_share_of_the_first_is_held_out():
    parts = split_of([*TRAINING, (Split.VALIDATION, 0, 99)])
    assert (len(parts.train), len(parts.validation)) == (30, 10)
    assert parts.test.tolist() == [40]
    assert parts.test_split is Split.VALIDATION


def test_with_three_splits_all_of_train_is_trained_on():
    rows = [*TRAINING, (Split.VALIDATION, 0, 98), (Split.TEST, 0, 99)]
    parts = split_of(rows)
    assert (len(parts.train), parts.validation.tolist(), parts.test.tolist()) == (40, [40], [41])
    assert parts.test_split is Split.TEST


def test_with_train_and_test_only_a_share_of_train_is_held_out():
    parts = split_of([*TRAINING, (Split.TEST, 0, 99)])
    assert (len(parts.train), len(parts.validation), parts.test_split) == (30, 10, Split.TEST)


def test_the_held_out_share_is_stratified():
    rows = [(Split.TRAIN, int(k >= 80), k) for k in range(100)] + [(Split.TEST, 0, 999)]
    parts = split_of(rows, share=0.1)
    assert np.bincount(faces_of(rows).labels[parts.validation]).tolist() == [8, 2]


def test_leak_free_is_false_exactly_for_twins_of_train_or_of_the_validation_that_chose():
    rows = [
        *TRAINING,
        (Split.VALIDATION, 0, 50),
        *[(Split.TEST, 0, group) for group in (3, 50, 60)],
    ]
    assert split_of(rows).leak_free.tolist() == [False, False, True]


def test_another_seed_holds_out_other_faces_and_the_same_seed_the_same():
    rows = [*TRAINING, (Split.TEST, 0, 99)]
    first, again, other = (split_of(rows, seed=seed).validation.tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


@given(training_rows, test_rows, st.floats(0.05, 0.5), st.integers(0, 9))
def test_no_group_is_both_trained_on_and_held_out(training, tests, share, seed):
    rows = training + tests
    faces = faces_of(rows)
    try:
        parts = partition(faces, validation_share=share, seed=seed)
    except EmptySetError:
        first = {group: label for _, label, group in reversed(training)}
        assert len(set(first.values())) == len(first)  # one group an emotion: none to spare
        return
    assert not set(faces.groups[parts.train]) & set(faces.groups[parts.validation])
    assert sorted([*parts.train, *parts.validation, *parts.test]) == list(range(len(rows)))
    seen = {group for _, _, group in training}
    assert parts.leak_free.tolist() == [group not in seen for _, _, group in tests]


def study_of(rows, share=0.2, seed=0):
    return partition(faces_of(rows), validation_share=share, seed=seed, protocol=Protocol.STUDY)


def test_the_study_holds_out_a_fifth_of_train_whatever_other_splits_there_are():
    rows = [*TRAINING, (Split.VALIDATION, 0, 98), (Split.TEST, 0, 99)]
    parts = study_of(rows)
    assert (len(parts.train), len(parts.validation)) == (32, 8)
    assert np.bincount(faces_of(rows).labels[parts.validation]).tolist() == [4, 4]


def test_the_study_is_tested_on_validation_and_on_test_only_where_there_is_none():
    both = [*TRAINING, (Split.VALIDATION, 0, 98), (Split.TEST, 0, 99)]
    assert (study_of(both).test.tolist(), study_of(both).test_split) == ([40], Split.VALIDATION)
    one = [*TRAINING, (Split.TEST, 0, 99)]
    assert (study_of(one).test.tolist(), study_of(one).test_split) == ([40], Split.TEST)


def test_the_study_keeps_copies_apart_by_chance_only_and_the_honest_protocol_never():
    rows = [(Split.TRAIN, 0, k // 2) for k in range(100)] + [(Split.VALIDATION, 0, 999)]
    faces = faces_of(rows)
    crossing = [
        set(faces.groups[parts.train]) & set(faces.groups[parts.validation])
        for parts in (study_of(rows), split_of(rows))
    ]
    assert crossing[0]
    assert not crossing[1]


def test_a_configuration_names_its_protocol_share_and_seed():
    rows = [*TRAINING, (Split.VALIDATION, 0, 99)]
    config = preset(ModelName.FAST, protocol="study", seed=4)
    ours, theirs = partition_of(faces_of(rows), config), study_of(rows, seed=4)
    assert ours.validation.tolist() == theirs.validation.tolist()


@pytest.mark.parametrize(
    ("rows", "purpose"),
    [
        ([(Split.TEST, 0, 1)], "train on"),
        ([(Split.TRAIN, 0, 1), (Split.TEST, 0, 2)], "choose the epoch"),
        (TRAINING, "test on"),
    ],
)
def test_a_missing_part_is_an_error_that_names_it(rows, purpose):
    with pytest.raises(EmptySetError, match=purpose):
        split_of(rows)
