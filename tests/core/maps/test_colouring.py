import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.maps.colouring import (
    ZERO_STEP,
    ColourMap,
    amount_colours,
    amount_steps,
    cover_of,
    difference_colours,
    difference_overlaid,
    difference_steps,
    grey,
    overlaid,
)

FACE = np.linspace(0, 255, 48 * 48).reshape(48, 48).astype(np.uint8)
HEAT = np.zeros((48, 48))
HEAT[30:40, 10:20] = 3.0


def lightness(colours: np.ndarray) -> np.ndarray:
    """CIE L*, 0..100, of RGB colours."""
    return cv2.cvtColor((colours[np.newaxis] / 255).astype(np.float32), cv2.COLOR_RGB2LAB)[0, :, 0]


@pytest.mark.parametrize("name", ColourMap)
def test_a_scale_of_amounts_gets_evenly_lighter(name: ColourMap):
    steps = np.diff(lightness(amount_colours(name))[::16])
    assert steps.min() > 0
    assert steps.max() < 3 * np.median(steps)


def test_inferno_starts_black_and_ends_in_pale_yellow():
    colours = amount_colours(ColourMap.INFERNO)
    assert colours[0].max() < 6
    assert colours[255].tolist()[:2] == [252, 255]


def test_differences_are_white_at_none_and_as_dark_on_both_sides():
    colours = difference_colours()
    assert colours[ZERO_STEP].tolist() == [247, 247, 247]
    below, above = colours[1].astype(int), colours[255].astype(int)
    assert below[2] > below[1]  # purple
    assert above[0] > above[2]  # orange


@given(st.floats(-5, 5), st.floats(0.1, 5))
def test_a_difference_and_its_opposite_are_as_far_from_the_middle(difference: float, most: float):
    one, other = difference_steps(np.array([difference, -difference]), most=most).astype(int)
    assert one - ZERO_STEP == ZERO_STEP - other


def test_steps_go_from_nothing_to_the_most_and_stay_there():
    assert amount_steps(np.array([0.0, 1.0, 2.0, 9.0]), most=2.0).tolist() == [0, 128, 255, 255]
    assert amount_steps(np.array([1.0]), most=0.0).tolist() == [0]
    assert difference_steps(np.array([-9.0, 0.0, 9.0]), most=2.0).tolist() == [1, 128, 255]


def test_no_strength_shows_the_face_alone_and_full_strength_the_map_alone():
    bare = overlaid(FACE, HEAT, colours=ColourMap.MAGMA, strength=0, most=3, side_px=96)
    assert np.array_equal(bare, grey(FACE, side_px=96))
    full = overlaid(FACE, HEAT, colours=ColourMap.MAGMA, strength=1, most=3, side_px=96)
    assert np.array_equal(full[70, 30], amount_colours(ColourMap.MAGMA)[255])
    assert np.array_equal(full[5, 90], amount_colours(ColourMap.MAGMA)[0])


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_strength_never_hides_less(first: float, second: float):
    shares = np.linspace(0, 1, 11)
    weak, strong = sorted((first, second))
    assert (cover_of(shares, weak) <= cover_of(shares, strong) + 1e-12).all()


def test_a_difference_lies_evenly_over_the_face_so_that_no_line_is_drawn_where_maps_agree():
    flat = np.full((48, 48), 100, dtype=np.uint8)
    across = np.tile(np.linspace(-3, 3, 48), (48, 1))
    drawn = difference_overlaid(flat, across, strength=0.7, most=3, side_px=48)
    left, middle, right = (drawn[24, place].astype(int) for place in (1, 24, 46))
    assert np.abs(middle - (0.3 * 100 + 0.7 * 247)).max() <= 8
    assert left[2] > left[1]  # purple
    assert right[0] > right[2]  # orange
    lightness = drawn[24, 20:28].astype(int).sum(axis=1)
    assert np.ptp(lightness) < 60
