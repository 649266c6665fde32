"""Landmark masks cover the part they are named after and follow the face."""

import cv2
import numpy as np
import pytest

from core.images.landmarks import template
from core.images.masks import LANDMARK, mask_array
from core.images.masks.outlines import GROWTH
from db.enums import Mask

SIDE = 128
POINTS = template().astype(np.float32)[None]
PARTS = {
    Mask.LM_BROWS: range(17, 27),
    Mask.LM_EYES: range(36, 48),
    Mask.LM_NOSE: range(27, 36),
    Mask.LM_MOUTH: range(48, 68),
}
SEPARATE = [Mask.LM_FOREHEAD, Mask.LM_EYES, Mask.LM_MOUTH]


def hidden(mask, points=POINTS, side=SIDE):
    return mask_array(mask, side, points.astype(np.float32))[0]


def holds(mask, points):
    """Whether a mask of the mean face covers each of some points."""
    places = np.floor(points * SIDE).astype(int)
    return hidden(mask)[places[:, 1], places[:, 0]]


def agreement(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("mask", PARTS)
def test_a_part_covers_its_own_landmarks_and_no_part_covers_anothers(mask):
    for other, numbers in PARTS.items():
        points = POINTS[0, list(numbers)]
        assert holds(mask, points).all() if other is mask else not holds(mask, points[1:]).any()


def test_the_forehead_ends_above_the_brows_and_the_three_of_them_never_meet():
    rows, columns = np.nonzero(hidden(Mask.LM_FOREHEAD))
    assert rows.max() / SIDE < POINTS[0, [17, 26], 1].max()
    assert (rows.min(), columns.min() < 15, columns.max() > 112) == (0, True, True)
    together = np.sum([hidden(mask) for mask in SEPARATE], axis=0)
    assert together.max() == 1


def test_a_surgical_mask_covers_nose_tip_mouth_and_chin_but_no_eye():
    assert holds(Mask.SURGICAL, POINTS[0, [30, *range(31, 36), *range(48, 68)]]).all()
    assert holds(Mask.SURGICAL, np.array([[0.5, 0.98]])).all()
    assert not holds(Mask.SURGICAL, POINTS[0, 17:28]).any()
    assert not holds(Mask.SURGICAL, POINTS[0, 36:48]).any()


def test_sunglasses_cover_both_eyes_and_the_bridge_but_neither_nose_tip_nor_mouth():
    assert holds(Mask.SUNGLASSES, POINTS[0, 36:48]).all()
    assert holds(Mask.SUNGLASSES, POINTS[0, 36:48].mean(axis=0)[None]).all()
    assert not holds(Mask.SUNGLASSES, POINTS[0, [30, *range(48, 68)]]).any()


@pytest.mark.parametrize(
    ("mask", "numbers"), [(Mask.LM_NOSE, range(27, 36)), (Mask.LM_MOUTH, range(48, 60))]
)
def test_a_grown_hull_holds_what_is_within_a_quarter_of_an_eye_width(mask, numbers):
    """OpenCV's distance to the hull is the independent judge; a pixel at the edge may differ."""
    eyes = POINTS[0, [39, 45]] - POINTS[0, [36, 42]]
    radius = GROWTH * np.linalg.norm(eyes, axis=1).mean() * SIDE
    hull = cv2.convexHull(POINTS[0, list(numbers)] * SIDE - 0.5)
    distance = np.array(
        [[cv2.pointPolygonTest(hull, (x, y), True) for x in range(SIDE)] for y in range(SIDE)]
    )
    found = hidden(mask)
    assert found[distance > 1 - radius].all()
    assert not found[distance < -1 - radius].any()


@pytest.mark.parametrize("mask", LANDMARK)
def test_the_mask_of_a_symmetric_face_is_symmetric(mask):
    found = hidden(mask)
    assert agreement(found, found[:, ::-1]) > 0.97


@pytest.mark.parametrize("mask", LANDMARK)
def test_a_mask_turns_with_the_face(mask):
    small = (POINTS - 0.5) / 2 + 0.5  # so that nothing leaves the picture
    turned = np.stack([1 - small[:, :, 1], small[:, :, 0]], axis=2)
    assert agreement(np.rot90(hidden(mask, small), -1), hidden(mask, turned)) > 0.95


@pytest.mark.parametrize("mask", LANDMARK)
def test_a_mask_moves_with_the_face(mask):
    small = (POINTS - 0.5) / 2 + 0.5
    moved = hidden(mask, small + np.array([10, -6], dtype=np.float32) / SIDE)
    assert np.array_equal(np.roll(hidden(mask, small), (-6, 10), axis=(0, 1)), moved)


@pytest.mark.parametrize("mask", LANDMARK)
def test_a_mask_in_a_small_picture_leaves_nothing_of_the_part_in_sight(mask):
    """Pixels that an outline only touches are covered too: half a pixel more on each side."""
    large = np.kron(hidden(mask, side=48), np.ones((4, 4), dtype=bool))
    fine = hidden(mask, side=192)
    assert (fine & ~large).sum() <= 0.02 * fine.sum()
    assert agreement(large, fine) > 0.7


@pytest.mark.parametrize("mask", LANDMARK)
def test_landmarks_that_fall_together_break_nothing(mask):
    assert hidden(mask, np.full((1, 68, 2), 0.5)).shape == (SIDE, SIDE)
