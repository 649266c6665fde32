import numpy as np
import pytest

from core.maps.action_units import ACTION_UNITS, SIDE, region
from core.maps.canonical import landmarks


def value_at(action_unit: int, *points: int) -> float:
    """The region's value at the middle of some landmarks."""
    x, y = landmarks()[list(points)].mean(axis=0) * SIDE
    return float(region(action_unit)[int(y), int(x)])


def mass_in_rows(action_unit: int, top: float, bottom: float) -> float:
    """The share of a region's mass between two heights, as shares of the crop."""
    drawn = region(action_unit)
    return float(drawn[round(top * SIDE) : round(bottom * SIDE)].sum() / drawn.sum())


def mean_distance_from_middle(action_unit: int) -> float:
    """How far a region's mass lies from the face's axis, in pixels."""
    distance = np.abs(np.arange(SIDE) + 0.5 - SIDE / 2)
    return float(np.average(distance, weights=region(action_unit).sum(axis=0)))


@pytest.mark.parametrize("action_unit", ACTION_UNITS)
def test_every_region_is_a_symmetric_map_from_0_to_1(action_unit):
    drawn = region(action_unit)
    assert drawn.shape == (96, 96)
    assert drawn.dtype == np.float64
    assert 0 <= drawn.min() <= 0.02
    assert 0.7 < drawn.max() <= 1
    np.testing.assert_array_equal(drawn, drawn[:, ::-1])


@pytest.mark.parametrize("action_unit", ACTION_UNITS)
def test_no_region_covers_more_than_a_quarter_of_the_face(action_unit):
    assert 0.005 < region(action_unit).mean() < 0.25


@pytest.mark.parametrize(
    ("action_unit", "landmark"),
    [
        (5, 37),
        (5, 44),
        (7, 41),
        (7, 46),
        (12, 48),
        (12, 54),
        (15, 48),
        (15, 54),
        (20, 48),
        (20, 54),
    ],
)
def test_a_region_holds_the_landmark_that_its_muscle_moves(action_unit, landmark):
    assert value_at(action_unit, landmark) > 0.4


def test_the_brow_lowerer_peaks_between_the_brows():
    row, column = np.unravel_index(region(4).argmax(), region(4).shape)
    x, y = landmarks()[[21, 22, 27]].mean(axis=0) * SIDE
    assert abs(column - x) < 3
    assert abs(row - y) < 4


def test_the_lip_corner_puller_keeps_its_mass_around_the_corners():
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    drawn = region(12)
    corners = landmarks()[[48, 54]] * SIDE
    distance = np.min([np.hypot(columns - x, rows - y) for x, y in corners], axis=0)
    near = drawn[distance < 0.2 * SIDE].sum() / drawn.sum()
    assert near > 0.9
    assert value_at(12, 51, 57) < 0.05  # not the middle of the mouth


def test_brow_raisers_lie_above_the_eyes_and_the_outer_one_further_out():
    eyes_top = float(landmarks()[36:48, 1].min())
    assert mass_in_rows(1, 0, eyes_top) > 0.95
    assert mass_in_rows(2, 0, eyes_top) > 0.95
    assert mean_distance_from_middle(2) > mean_distance_from_middle(1)


def test_lid_units_fill_the_opening_of_the_eye():
    for action_unit in (5, 7):
        assert value_at(action_unit, *range(36, 42)) > 0.75
        assert value_at(action_unit, *range(42, 48)) > 0.75


def test_parting_lips_and_dropping_the_jaw_fill_the_opening_of_the_mouth():
    for action_unit in (25, 26, 27):
        assert value_at(action_unit, *range(60, 68)) > 0.8


def test_a_jaw_drop_reaches_the_chin_and_parted_lips_do_not():
    assert region(26)[-1, SIDE // 2] > 0.9
    assert region(25)[-1, SIDE // 2] < 0.01


def test_an_unknown_action_unit_is_refused():
    with pytest.raises(KeyError):
        region(3)
