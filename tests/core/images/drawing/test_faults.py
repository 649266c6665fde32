from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.images.drawing.action_units import at_rest
from core.images.drawing.faults import blank, fault_counts, near_copy
from core.images.drawing.movement import studio_portrait
from db.enums import Fault


@cache
def portrait():
    return studio_portrait(0, at_rest())


def test_faults_of_a_thousand_images_have_their_shares():
    assert fault_counts(1000) == {
        Fault.WRONG_LABEL: 60,
        Fault.EXACT_COPY: 30,
        Fault.NEAR_COPY: 30,
        Fault.BLANK: 5,
    }


def test_a_small_sample_has_at_least_one_of_each_fault():
    assert min(fault_counts(50).values()) == 1


@given(seed=st.integers(0, 10_000))
@settings(deadline=None)
def test_a_near_copy_is_never_identical(seed):
    face = portrait()
    copy = near_copy(face, np.random.default_rng(seed))
    assert copy.dtype == np.uint8
    assert copy.shape == (48, 48)
    assert not np.array_equal(copy, face)


def test_a_near_copy_looks_like_its_original_or_its_mirror_image():
    face = portrait()
    for seed in range(30):
        copy = near_copy(face, np.random.default_rng(seed))
        likeness = max(
            np.corrcoef(copy.ravel(), face.ravel())[0, 1],
            np.corrcoef(copy.ravel(), face[:, ::-1].ravel())[0, 1],
        )
        assert likeness > 0.5


def test_a_blank_shows_nothing():
    assert blank(np.random.default_rng(0)).std() < 2


def test_two_blanks_are_not_copies_of_each_other():
    assert not np.array_equal(blank(np.random.default_rng(0)), blank(np.random.default_rng(1)))
