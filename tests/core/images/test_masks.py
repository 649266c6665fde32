"""The study's bands, by hand and at any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.images.masks import MID_GREY, cover, mask_rows
from db.enums import STUDY_MASKS, Mask

BANDS = (Mask.FOREHEAD, Mask.EYES, Mask.MOUTH)


@pytest.mark.parametrize(
    ("side", "rows"),
    [
        (128, [(0, 32), (32, 64), (64, 128)]),
        (48, [(0, 12), (12, 24), (24, 48)]),
        (64, [(0, 16), (16, 32), (32, 64)]),
        (50, [(0, 12), (12, 25), (25, 50)]),
    ],
)
def test_bands_lie_where_the_study_put_them(side, rows):
    assert [mask_rows(mask, side) for mask in BANDS] == [slice(*band) for band in rows]


@given(st.integers(4, 512))
def test_the_bands_tile_the_image(side):
    covered = [row for mask in BANDS for row in range(side)[mask_rows(mask, side)]]
    assert covered == list(range(side))


def test_no_mask_covers_no_rows():
    assert mask_rows(Mask.NONE, 48) is None


@pytest.mark.parametrize("mask", list(STUDY_MASKS))
def test_only_the_band_changes_and_only_in_the_copy(mask):
    faces = np.full((2, 48, 48), 7, dtype=np.uint8)
    covered = cover(faces, mask)
    rows = mask_rows(mask, 48) or slice(0, 0)
    expected = np.full((2, 48, 48), 7, dtype=np.uint8)
    expected[:, rows, :] = MID_GREY
    assert np.array_equal(covered, expected)
    assert (faces == 7).all()


def test_the_fill_can_be_chosen():
    assert (cover(np.full((1, 4, 4), 7, dtype=np.uint8), Mask.MOUTH, fill=0)[0, 2:] == 0).all()
