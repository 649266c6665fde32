from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ConfigError
from core.images.drawing.faults import fault_counts
from core.images.drawing.planning import plan_sample, shares_of
from db.enums import EMOTIONS, Emotion, Fault, Split

plans = st.builds(plan_sample, st.integers(50, 400), st.integers(0, 2**40))
PLAN = plan_sample(1000, seed=0)
BY_PATH = {face.path: face for face in PLAN}


@given(plan=plans)
@settings(max_examples=25, deadline=None)
def test_any_plan_has_exactly_the_faults_it_should(plan):
    found = Counter(face.fault for face in plan)
    del found[Fault.NONE]
    assert found == fault_counts(len(plan))


@given(plan=plans)
@settings(max_examples=25, deadline=None)
def test_any_plan_numbers_its_images_once(plan):
    assert [face.number for face in plan] == list(range(len(plan)))
    assert len({face.path for face in plan}) == len(plan)


@given(plan=plans)
@settings(max_examples=25, deadline=None)
def test_every_copy_shows_the_drawing_of_a_sound_original(plan):
    by_path = {face.path: face for face in plan}
    for face in plan:
        if face.copy_of is not None:
            original = by_path[face.copy_of]
            assert original.fault is Fault.NONE
            assert original.drawing == face.drawing
            assert original.true_label == face.true_label


def test_only_copies_name_an_original():
    copies = {Fault.EXACT_COPY, Fault.NEAR_COPY}
    assert all((face.copy_of is not None) == (face.fault in copies) for face in PLAN)


def test_half_of_the_exact_copies_lie_in_another_split():
    copies = [face for face in PLAN if face.fault is Fault.EXACT_COPY]
    assert sum(face.split is not BY_PATH[face.copy_of].split for face in copies) == 15


def test_a_third_of_the_exact_copies_has_a_conflicting_label():
    copies = [face for face in PLAN if face.fault is Fault.EXACT_COPY]
    assert sum(face.label is not BY_PATH[face.copy_of].label for face in copies) == 10


def test_labels_are_false_only_where_a_wrong_label_or_an_exact_copy_is_recorded():
    faults = {face.fault for face in PLAN if face.label is not face.true_label}
    assert faults == {Fault.WRONG_LABEL, Fault.EXACT_COPY}
    assert all(f.label is not f.true_label for f in PLAN if f.fault is Fault.WRONG_LABEL)


def test_splits_hold_about_eighty_ten_and_ten_percent():
    counts = Counter(face.split for face in PLAN)
    assert 760 <= counts[Split.TRAIN] <= 820
    assert 85 <= counts[Split.VALIDATION] <= 120
    assert 85 <= counts[Split.TEST] <= 120


def test_every_class_is_in_every_split_and_disgust_is_not_lost():
    cells = Counter((face.split, face.true_label) for face in PLAN)
    assert all(cells[split, emotion] > 0 for split in Split for emotion in EMOTIONS)
    assert sum(face.true_label is Emotion.DISGUST for face in PLAN) >= 60


def test_happy_is_the_largest_class_as_in_fer2013():
    assert Counter(face.true_label for face in PLAN).most_common(1)[0][0] is Emotion.HAPPY


def test_shares_are_rounded_by_largest_remainder():
    weights = {Emotion.ANGRY: 1.0, Emotion.FEAR: 1.0, Emotion.HAPPY: 2.0}
    # 7 * (1/4, 1/4, 2/4) = 1.75, 1.75, 3.5: two are left over after rounding down.
    assert list(shares_of(7, weights).values()) == [2, 2, 3]


@pytest.mark.parametrize("n_images", [-1, 0, 49, 100_001])
def test_a_silly_number_of_images_is_refused(n_images):
    with pytest.raises(ConfigError, match=r"ask for 50 to 100000\."):
        plan_sample(n_images, seed=0)


def test_a_negative_seed_is_refused():
    with pytest.raises(ConfigError, match="seed -1 is negative"):
        plan_sample(100, seed=-1)
