from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.quality.duplicates import exact_groups, leaking
from db.enums import Split

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


def test_images_with_one_hash_form_a_group_in_order_of_first_appearance():
    assert exact_groups(["b", "a", "b", "c", "a", "b"]) == [[0, 2, 5], [1, 4]]


def test_a_set_without_copies_has_no_groups():
    assert exact_groups(["a", "b", "c"]) == []


@given(st.lists(st.sampled_from("abcdef")))
def test_groups_hold_exactly_the_images_whose_hash_occurs_twice(hashes: list[str]):
    counts = Counter(hashes)
    grouped = sorted(index for group in exact_groups(hashes) for index in group)
    assert grouped == [index for index, value in enumerate(hashes) if counts[value] > 1]


def test_a_test_image_with_a_twin_in_training_leaks_and_so_does_its_twin():
    assert leaking([[0, 2]], [TRAIN, TRAIN, TEST, TEST]).tolist() == [True, False, True, False]


def test_copies_within_one_split_do_not_leak():
    assert not leaking([[0, 1], [2, 3]], [TRAIN, TRAIN, TEST, TEST]).any()


def test_copies_in_validation_and_test_alone_do_not_leak_from_training():
    assert not leaking([[0, 1]], [VALIDATION, TEST]).any()
