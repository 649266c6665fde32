"""The study's bands, covered and cut off, by hand and at any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.images.masks import CROPS, kept_rows, mask_rows
from db.enums import Mask

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


def test_cropping_128_rows_leaves_those_of_the_study():
    assert list(kept_rows(Mask.CROP_FOREHEAD, 128)) == list(range(32, 128))
    assert list(kept_rows(Mask.CROP_EYES, 128)) == [*range(32), *range(64, 128)]
    assert list(kept_rows(Mask.CROP_MOUTH, 128)) == list(range(64))


@given(st.integers(4, 512), st.sampled_from(CROPS))
def test_kept_and_cut_rows_together_are_the_picture(side, mask):
    cut = range(side)[mask_rows(mask, side)]
    assert sorted([*kept_rows(mask, side), *cut]) == list(range(side))


@given(st.integers(4, 512), st.sampled_from([mask for mask in Mask if mask not in CROPS]))
def test_only_crops_take_rows_away(side, mask):
    assert list(kept_rows(mask, side)) == list(range(side))
