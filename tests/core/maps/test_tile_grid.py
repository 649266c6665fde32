import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.maps.canonical import landmarks
from core.maps.tile_grid import COLUMNS, ROWS, column_edges, painted, row_edges, tile_of

weights = arrays(np.float64, (8, 6), elements=st.floats(-1, 1))


def tile_at(x: float, y: float) -> tuple[int, int]:
    """The row and column of the tile at a place of the face."""
    row = int(np.searchsorted(row_edges(), y, side="right")) - 1
    return row, int(np.searchsorted(column_edges(), x, side="right")) - 1


def test_the_eyes_are_in_the_middle_of_the_third_row_and_2_85_columns_apart():
    points = landmarks()
    left, right = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    row_height = np.diff(row_edges())[0]
    column_width = np.diff(column_edges())[0]
    assert (left[1] - row_edges()[0]) / row_height == pytest.approx(2.5)
    assert (right[0] - left[0]) / column_width == pytest.approx(2.85)
    assert tile_at(*left) == (2, 1)
    assert tile_at(*right) == (2, 4)


def test_the_lips_lie_within_the_sixth_and_seventh_rows():
    lips = landmarks()[48:68, 1]
    assert row_edges()[5] < lips.min() < row_edges()[6] < lips.max() < row_edges()[7]


def test_brows_are_in_the_second_row_and_the_chin_row_leaves_the_crop():
    assert tile_at(*landmarks()[19])[0] == 1
    assert row_edges()[-2] < 1 < row_edges()[-1]
    assert row_edges()[0] > 0


def test_the_grid_is_symmetric_and_its_tiles_equal():
    np.testing.assert_allclose(column_edges() + column_edges()[::-1], 1, atol=1e-6)
    assert np.ptp(np.diff(row_edges())) < 1e-12
    assert np.ptp(np.diff(column_edges())) < 1e-12


@pytest.mark.parametrize("side", [48, 96, 128])
def test_every_tile_has_pixels_and_those_beside_the_grid_none(side):
    tiles = tile_of(side)
    assert set(np.unique(tiles)) == set(range(-1, ROWS * COLUMNS))
    assert (tiles[0] == -1).all()
    assert (tiles[:, 0] == -1).all()
    eye = (landmarks()[36:42].mean(axis=0) * side).astype(int)
    assert tiles[eye[1], eye[0]] == 2 * COLUMNS + 1


def test_a_pixel_has_the_mean_of_its_tiles_by_their_share_of_it():
    drawn = np.arange(48.0).reshape(8, 6)
    fine = tile_of(48 * 40).reshape(48, 40, 48, 40)  # tiles are numbered as they are weighted
    is_inside = (fine >= 0).all(axis=(1, 3))
    expected = fine.mean(axis=(1, 3))
    # Two borders, each placed to a 40th of a pixel: 1 between columns, 6 between rows.
    np.testing.assert_allclose(
        painted(drawn, 48)[is_inside], expected[is_inside], atol=(1 + 6) / 2 / 40
    )


def test_beside_the_grid_the_nearest_tile_goes_on():
    drawn = np.arange(48.0).reshape(8, 6)
    picture = painted(drawn, 48)
    assert picture[0, 0] == 0
    assert picture[0, -1] == 5
    assert picture[24, 0] == picture[24, 5]


@given(weights)
def test_painting_stays_within_the_weights_and_keeps_a_constant(drawn):
    picture = painted(drawn, 48)
    assert picture.min() >= drawn.min() - 1e-12
    assert picture.max() <= drawn.max() + 1e-12
    np.testing.assert_allclose(painted(np.full((8, 6), 0.3), 48), 0.3)


@given(weights)
def test_the_mirrored_tiles_are_the_mirrored_picture(drawn):
    np.testing.assert_allclose(painted(drawn[:, ::-1], 48), painted(drawn, 48)[:, ::-1], atol=1e-4)
