"""A control covers as much as its mask, somewhere else, the same for the same face."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.images.landmarks import template
from core.images.masks import CONTROLS, mask_array, subject
from core.images.masks.controls import moved
from db.enums import Mask

IDS = np.arange(2000, dtype=np.int64)
POINTS = np.repeat(template()[None].astype(np.float32), len(IDS), axis=0)


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_has_exactly_as_many_pixels_in_every_face(control):
    ids, points = IDS[:50], POINTS[:50]
    theirs = mask_array(control, 48, points, ids=ids).sum(axis=(1, 2))
    own = np.broadcast_to(mask_array(subject(control), 48, points), (50, 48, 48))
    assert np.array_equal(theirs, own.sum(axis=(1, 2)))


@given(
    st.lists(st.integers(0, 2**40), min_size=1, max_size=8),
    st.integers(0, 2**31),
    st.integers(4, 64),
)
def test_moving_wraps_the_shape_around_and_changes_nothing_else(ids, seed, side):
    hidden = np.random.default_rng(side).random((1, side, side)) < 0.3
    for one in moved(hidden, np.array(ids), seed=seed):
        shifts = [np.roll(hidden[0], shift, axis=0) for shift in range(side)]
        assert any(
            np.array_equal(np.roll(rolled, right, axis=1), one)
            for rolled in shifts
            for right in range(side)
        )


def test_the_place_follows_from_the_image_and_the_seed_alone():
    first = mask_array(Mask.CTL_LM_EYES, 48, POINTS, ids=IDS)
    backwards = mask_array(Mask.CTL_LM_EYES, 48, POINTS, ids=IDS[::-1])[::-1]
    assert np.array_equal(first, backwards)
    other = mask_array(Mask.CTL_LM_EYES, 48, POINTS, ids=IDS, seed=1)
    assert np.mean((first == other).all(axis=(1, 2))) < 0.01


def test_over_many_faces_every_pixel_is_covered_equally_often():
    hidden = mask_array(Mask.CTL_LM_MOUTH, 48, POINTS, ids=IDS)
    area = hidden[0].mean()
    often = hidden.mean(axis=0)
    spread = np.sqrt(area * (1 - area) / len(IDS))
    assert np.abs(often - area).max() < 5 * spread


def test_neighbouring_images_go_to_unrelated_places():
    band = mask_array(Mask.CTL_FOREHEAD, 48, ids=IDS)
    first_row = np.array([np.flatnonzero(face[:, 0] & ~np.roll(face[:, 0], 1))[0] for face in band])
    steps = np.bincount((np.diff(first_row)) % 48, minlength=48)
    assert steps.max() < 3 * len(IDS) / 48
