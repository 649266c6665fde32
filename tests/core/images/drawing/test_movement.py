"""Which pixels move with which action unit, on people that are lit and posed plainly."""

import numpy as np
import pytest

from core.images.drawing.action_units import ActionUnit, at_rest
from core.images.drawing.movement import moved_regions, studio_portrait
from db.enums import EMOTIONS, Emotion

# Rows of the 48 where at least 90 % of the change must lie. On such a face brows are near row 12,
# eyes 18, the tip of the nose 29, the mouth 38.
PLACES = {
    ActionUnit.INNER_BROW_RAISER: (0, 20),
    ActionUnit.OUTER_BROW_RAISER: (0, 20),
    ActionUnit.BROW_LOWERER: (5, 22),
    ActionUnit.UPPER_LID_RAISER: (12, 24),
    ActionUnit.CHEEK_RAISER: (12, 38),
    ActionUnit.LID_TIGHTENER: (12, 24),
    ActionUnit.NOSE_WRINKLER: (8, 44),
    ActionUnit.UPPER_LIP_RAISER: (24, 48),
    ActionUnit.LIP_CORNER_PULLER: (20, 48),
    ActionUnit.LIP_CORNER_DEPRESSOR: (12, 48),
    ActionUnit.CHIN_RAISER: (24, 48),
    ActionUnit.LIP_STRETCHER: (24, 48),
    ActionUnit.LIP_TIGHTENER: (24, 48),
    ActionUnit.LIP_PRESSOR: (24, 48),
    ActionUnit.LIPS_PART: (24, 48),
    ActionUnit.JAW_DROP: (24, 48),
}
FOREHEAD = slice(0, 8)


def change(unit, number=0):
    resting = studio_portrait(number, at_rest()).astype(int)
    return np.abs(studio_portrait(number, {**at_rest(), unit: 1.0}) - resting)


@pytest.mark.parametrize("unit", list(ActionUnit), ids=lambda unit: unit.name.lower())
def test_an_action_unit_moves_the_pixels_of_its_place(unit):
    top, bottom = PLACES[unit]
    moved = sum(change(unit, number) for number in range(3))
    assert moved.sum() > 500
    assert moved[top:bottom].sum() > 0.9 * moved.sum()


def test_pulling_the_lip_corners_leaves_the_forehead_as_it_is():
    moved = change(ActionUnit.LIP_CORNER_PULLER)
    assert moved[FOREHEAD].max() == 0
    assert moved[32:42, 12:18].mean() > 10  # around the left corner of the mouth


def test_dropping_the_jaw_darkens_the_mouth():
    resting = studio_portrait(0, at_rest())
    open_mouth = studio_portrait(0, {**at_rest(), ActionUnit.JAW_DROP: 1.0})
    assert open_mouth[38:43, 22:26].mean() < 0.6 * resting[38:43, 22:26].mean()


def test_a_person_at_rest_always_looks_the_same():
    assert np.array_equal(studio_portrait(5, at_rest()), studio_portrait(5, at_rest()))


@pytest.mark.parametrize("emotion", [e for e in EMOTIONS if e is not Emotion.NEUTRAL])
def test_moved_regions_run_from_nothing_to_one(emotion):
    moved = moved_regions(emotion)
    assert moved.shape == (48, 48)
    assert moved.min() >= 0
    assert moved.max() == 1


def test_neutral_moves_nothing():
    assert not moved_regions(Emotion.NEUTRAL).any()


def test_happiness_moves_the_lower_face_and_anger_the_upper():
    happy, angry = moved_regions(Emotion.HAPPY), moved_regions(Emotion.ANGRY)
    assert happy[24:].sum() > 3 * happy[:24].sum()
    assert angry[:24].sum() > angry[24:].sum()
