"""What changes in a face under each mask, and what does not."""

import numpy as np
import pytest

from core.errors import ConfigError, MissingLandmarksError
from core.images.faces import FaceSet
from core.images.landmarks import template
from core.images.masks import (
    BANDS,
    CONTROLS,
    CROPS,
    LANDMARK,
    MID_GREY,
    cover,
    cover_faces,
    kept_rows,
    mask_array,
    mask_rows,
    needs_landmarks,
    restored,
)
from db.enums import Mask

IDS = np.arange(5, dtype=np.int64) + 100
COVERING = [mask for mask in Mask if mask not in CROPS and mask is not Mask.RANDOM]


@pytest.fixture
def pixels():
    """Five noisy faces without a mid grey pixel."""
    noise = np.random.default_rng(0).integers(0, 256, (5, 48, 48), dtype=np.uint8)
    return np.where(noise == MID_GREY, 0, noise).astype(np.uint8)


@pytest.fixture
def points():
    """The mean landmarks, moved a little from face to face."""
    shifts = np.random.default_rng(1).normal(0, 0.03, (5, 1, 2))
    return (template() + shifts).astype(np.float32)


def test_every_mask_is_of_one_family_or_none_or_random():
    assert {*BANDS, *CROPS, *LANDMARK, *CONTROLS, Mask.NONE, Mask.RANDOM} == set(Mask)


@pytest.mark.parametrize("mask", COVERING)
def test_exactly_the_pixels_of_the_mask_turn_grey_and_only_in_the_copy(mask, pixels, points):
    before = pixels.copy()
    covered = cover(pixels, mask, points, ids=IDS)
    hidden = np.broadcast_to(mask_array(mask, 48, points, ids=IDS), pixels.shape)
    assert np.array_equal(covered == MID_GREY, hidden)
    assert np.array_equal(covered[~hidden], pixels[~hidden])
    assert np.array_equal(pixels, before)
    assert hidden.any() == (mask is not Mask.NONE)


@pytest.mark.parametrize("mask", BANDS)
def test_a_band_covers_its_rows(mask, pixels):
    hidden = mask_array(mask, 48)[0]
    expected = np.zeros((48, 48), dtype=bool)
    expected[mask_rows(mask, 48)] = True
    assert np.array_equal(hidden, expected)


@pytest.mark.parametrize("mask", CROPS)
def test_a_crop_joins_the_other_rows_untouched(mask, pixels):
    rows = kept_rows(mask, 48)
    assert np.array_equal(cover(pixels, mask), pixels[:, rows])
    assert np.array_equal(
        np.flatnonzero(mask_array(mask, 48)[0].all(axis=1)), np.setdiff1d(np.arange(48), rows)
    )


@pytest.mark.parametrize("mask", COVERING)
def test_a_face_is_covered_alike_in_any_company(mask, pixels, points):
    together = cover(pixels, mask, points, ids=IDS)
    alone = cover(pixels[3:4], mask, points[3:4], ids=IDS[3:4])
    assert np.array_equal(together[3:4], alone)


def test_many_faces_are_covered_in_parts_without_a_seam(monkeypatch, pixels, points):
    whole = cover(pixels, Mask.CTL_LM_MOUTH, points, ids=IDS)
    monkeypatch.setattr("core.images.masks.covering.FACES_AT_ONCE", 2)
    assert np.array_equal(cover(pixels, Mask.CTL_LM_MOUTH, points, ids=IDS), whole)


def test_the_fill_can_be_chosen(pixels):
    assert (cover(pixels, Mask.MOUTH, fill=7)[:, 24:] == 7).all()


@pytest.mark.parametrize("mask", [mask for mask in COVERING if needs_landmarks(mask)])
def test_a_mask_that_follows_landmarks_needs_some(mask, pixels):
    with pytest.raises(MissingLandmarksError, match="feelingit landmarks NAME"):
        cover(pixels, mask, ids=IDS)


def test_random_masks_cover_nothing_of_their_own(pixels):
    with pytest.raises(ConfigError, match="for training only"):
        cover(pixels, Mask.RANDOM)


def test_a_control_needs_to_know_whose_faces_these_are(pixels):
    with pytest.raises(ValueError, match="ids"):
        cover(pixels, Mask.CTL_EYES)


def test_a_set_is_covered_by_its_own_landmarks_and_ids(pixels, points):
    faces = FaceSet(
        image_ids=IDS,
        pixels=pixels,
        labels=np.zeros(5, dtype=np.int64),
        splits=np.full(5, "train"),
        groups=np.arange(5),
        landmarks=points,
        landmarks_found=np.ones(5, dtype=np.bool_),
    )
    expected = cover(pixels, Mask.CTL_SURGICAL, points, ids=IDS)
    assert np.array_equal(cover_faces(faces, Mask.CTL_SURGICAL), expected)
    places = np.array([4, 0])
    assert np.array_equal(cover_faces(faces.at(places), Mask.CTL_SURGICAL), expected[places])


@pytest.mark.parametrize("mask", CROPS)
def test_rows_that_were_cut_off_can_be_put_back(mask, pixels):
    seen = cover(pixels, mask).astype(np.float32)
    whole = restored(seen, mask, 48, fill=-1)
    cut = mask_array(mask, 48)[0]
    assert (whole[:, cut] == -1).all()
    assert np.array_equal(whole[:, ~cut], pixels[:, ~cut])


def test_pictures_under_other_masks_are_whole_already(pixels):
    values = pixels.astype(np.float32)
    assert restored(values, Mask.EYES, 48) is values


def test_a_row_more_or_less_than_were_kept_is_put_back_too():
    """At 50 px three quarters are 37.5 rows: a network may see 38 where 37 are kept."""
    seen = np.repeat(np.arange(38, dtype=np.float32)[None, :, None], 50, axis=2)
    whole = restored(seen, Mask.CROP_EYES, 50)
    assert whole.shape == (1, 50, 50)
    assert (whole[0, 12:25] == 0).all()
    assert (np.diff(whole[0, kept_rows(Mask.CROP_EYES, 50), 0]) >= 1).all()
