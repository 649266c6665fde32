"""Where each facial action unit shows on the canonical face.

Places follow the muscles of FACS (Ekman, Friesen & Hager 2002) as tabled per iBUG-68 landmark for
this project. Two places differ from the muscle on purpose, because people look at what moves, not
at what pulls: the eye opening belongs to AU 5 and 7 and the mouth opening to AU 25 to 27, and jaw
drop (26, 27) is mouth and chin, not the masseter.
"""

from collections.abc import Callable, Mapping
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from core.maps.canonical import landmarks, soften

Points = NDArray[np.float64]

SIDE = 96
FINE = 8  # regions are filled on a grid this many times finer, then averaged down


def _at(*indices: int) -> Points:
    """Return landmarks of the canonical face, float64, shape (n, 2)."""
    return np.asarray(landmarks()[list(indices)], dtype=np.float64)


def _eye_width() -> float:
    """Return the width of one eye, a share of the crop's side."""
    return float(_at(39)[0, 0] - _at(36)[0, 0])


def _lifted(points: Points, eye_widths: float) -> Points:
    """Return the points moved up by a number of eye widths (down when negative)."""
    return np.asarray(points - [0.0, eye_widths * _eye_width()], dtype=np.float64)


def _between(start: int, end: int, share: float) -> Points:
    """Return the point a share of the way from one landmark to another, shape (1, 2)."""
    return _at(start) + share * (_at(end) - _at(start))


def _disc(centre: Points, radius_eye_widths: float) -> Points:
    """Return 24 points on a circle around a point, shape (24, 2)."""
    angles = np.arange(24) * (2 * np.pi / 24)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    return centre + radius_eye_widths * _eye_width() * circle


def _hull(*parts: Points) -> Points:
    """Return the convex hull of all points, float64, shape (n, 2)."""
    points = np.concatenate(parts).astype(np.float32)
    return cv2.convexHull(points)[:, 0].astype(np.float64)


def _inner_brow() -> Points:
    brow = _at(20, 21)
    return _hull(brow, _lifted(brow, 0.85), _lifted(_between(21, 22, 0.5), 0.85))


def _outer_brow() -> Points:
    brow = _at(17, 18, 19)
    return _hull(brow, _lifted(brow, 0.7))


def _brow_lowerer() -> Points:
    return _hull(_at(20, 21, 27, 22, 23), _lifted(_at(21, 22), 0.15))


def _eye_ring() -> Points:
    return _at(36, 37, 38, 39, 40, 41)


def _upper_lid() -> Points:
    return _hull(_eye_ring(), _lifted(_at(36, 37, 38, 39), 0.35))


def _lids() -> Points:
    return _hull(_eye_ring(), _lifted(_eye_ring(), 0.15), _lifted(_eye_ring(), -0.2))


def _cheek() -> Points:
    under_lid = _lifted(_at(36, 41, 40), -0.25)
    lower = (_between(31, 1, 0.2), _between(31, 1, 0.75))
    return _hull(_between(36, 0, 0.35), under_lid, *lower, _between(36, 1, 0.7))


def _nose_side() -> Points:
    wing = _lifted(_at(31), 0.1) - [0.2 * _eye_width(), 0.0]
    return _hull(_at(27), _between(27, 39, 0.5), _between(39, 31, 0.4), wing, _at(31), _at(30))


def _upper_lip_raiser() -> Points:
    fold = (_between(31, 40, 0.3), _between(31, 3, 0.3), _between(48, 31, 0.25))
    return _hull(_at(31, 33, 51, 50, 49), *fold)


def _upper_fold() -> Points:
    return _hull(_disc(_between(36, 31, 0.7), 0.3), _disc(_between(49, 3, 0.25), 0.25))


def _from_lip_corner(jaw: int, share: float) -> Points:
    """Return a strip from the corner of the mouth part of the way to a point of the jaw line."""
    return _hull(_disc(_at(48), 0.32), _disc(_between(48, jaw, share), 0.24))


def _lower_lip() -> Points:
    lip = _at(59, 58, 57, 56, 55)
    return _hull(lip, _lifted(lip, -0.3))


def _chin() -> Points:
    return _hull(_at(58, 57, 56), _between(7, 6, 0.4), _at(8), _between(9, 10, 0.4))


def _lips() -> Points:
    return _hull(_at(*range(48, 60)))


def _narrow_lips() -> Points:
    upper = (_at(50, 51, 52) + _at(61, 62, 63)) / 2
    lower = (_at(58, 57, 56) + _at(67, 66, 65)) / 2
    return _hull(_at(48, 54), upper, lower)


def _jaw_drop() -> Points:
    return _hull(_at(*range(60, 68)), _at(6, 7, 8, 9, 10))


def _wide_jaw_drop() -> Points:
    return _hull(_at(*range(48, 60)), _at(5, 6, 7, 8, 9, 10, 11))


_OUTLINES: Mapping[int, Callable[[], Points]] = {
    1: _inner_brow,
    2: _outer_brow,
    4: _brow_lowerer,
    5: _upper_lid,
    6: _cheek,
    7: _lids,
    9: _nose_side,
    10: _upper_lip_raiser,
    11: _upper_fold,
    12: lambda: _from_lip_corner(2, 0.5),
    15: lambda: _from_lip_corner(6, 0.45),
    16: _lower_lip,
    17: _chin,
    20: lambda: _from_lip_corner(4, 0.6),
    22: _lips,
    23: _narrow_lips,
    24: _narrow_lips,
    25: _lips,
    26: _jaw_drop,
    27: _wide_jaw_drop,
}

ACTION_UNITS = tuple(_OUTLINES)


def outline(action_unit: int) -> Points:
    """Return the border of an action unit's place on the left half of the picture.

    Returns:
        A closed convex polygon, float64, shape (n, 2), x and y in the unit square of the crop (y
        passes 1 at the chin). The other side of the face is its mirror image; places in the
        middle of the face may reach over to it.

    Raises:
        KeyError: If the action unit is not one of `ACTION_UNITS`.
    """
    return _OUTLINES[action_unit]()


@cache
def region(action_unit: int) -> NDArray[np.float64]:
    """Return how much each place belongs to an action unit: float64, shape (96, 96), 0..1.

    Both sides of the face, exactly symmetric, with soft borders; read-only.

    Raises:
        KeyError: If the action unit is not one of `ACTION_UNITS`.
    """
    side = SIDE * FINE
    filled = np.zeros((side, side), dtype=np.uint8)
    corners = np.round(outline(action_unit) * side - 0.5).astype(np.int32)
    cv2.fillConvexPoly(filled, corners, 1)
    both = np.maximum(filled, filled[:, ::-1]).astype(np.float64)
    coarse = both.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))
    soft = soften(coarse)
    symmetric: Points = np.clip((soft + soft[:, ::-1]) / 2, 0.0, 1.0)
    symmetric.flags.writeable = False
    return symmetric
