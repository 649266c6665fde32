"""The outlines of face parts, drawn from 68 landmarks in the order of iBUG 300-W.

Every length is a multiple of the face's own eye width (the mean of both) or of its own thirds, and
every direction follows the line through its eyes, so that a mask turns, grows and shifts with the
face. Points: 0-16 jaw, 17-26 brows, 27-35 nose, 36-41 and 42-47 eyes, 48-59 outer lips.

- `lm-forehead`: from just above the brows one face-third up (as far as from brows to nose base),
  as wide as the jaw's upper ends.
- `lm-brows`: both brows and the glabella between them, `BROW_ABOVE` above the points to
  `BROW_BELOW` under them.
- `lm-eyes`, `lm-nose`, `lm-mouth`: the hull of each eye, of the nose, of the outer lips, grown by
  a quarter of the eye width to all sides.
- `surgical`: from the nose bridge and below the eyes down to the jaw, as such a mask is worn.
- `sunglasses`: a lens over each eye, from the brow to the upper cheek, and the bridge between.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.enums import Mask

Points = NDArray[np.float64]
"""float64, shape (n, points, 2): x to the right and y down, as shares of the picture's side."""

GROWTH = 0.25  # of the eye width
BROW_ABOVE, BROW_BELOW = 0.25, 0.2
LENS_BESIDE, LENS_ABOVE, LENS_BELOW = 0.85, 0.6, 0.85
BRIDGE = 0.15
CORNERS = 16  # of the circle that rounds a grown hull, and of a lens


@dataclass(frozen=True)
class Outline:
    """One polygon of each face, or the convex hull of its corners where `is_hull`."""

    corners: Points
    is_hull: bool = False


@dataclass(frozen=True)
class _Frame:
    """A face's own directions and its eye width: float64, shapes (n, 1, 2) and (n, 1, 1)."""

    right: Points
    down: Points
    eye_width: Points


def outlines(mask: Mask, landmarks: NDArray[np.float32]) -> list[Outline]:
    """Return what a landmark mask covers: the union of these, each with a row for each face.

    Args:
        mask: One of `families.LANDMARK`.
        landmarks: float32, shape (n, 68, 2), x and y as shares of the picture's side.
    """
    points = landmarks.astype(np.float64)
    return _OUTLINES[mask](points, _frame(points))


def _frame(points: Points) -> _Frame:
    across = points[:, 42:48].mean(axis=1) - points[:, 36:42].mean(axis=1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    widths = np.linalg.norm(points[:, [39, 45]] - points[:, [36, 42]], axis=2).mean(axis=1)
    down = np.stack([-across[:, 1], across[:, 0]], axis=1)
    return _Frame(across[:, None], down[:, None], widths[:, None, None])


def _forehead(points: Points, frame: _Frame) -> list[Outline]:
    line = points[:, 17:27] - BROW_ABOVE * frame.eye_width * frame.down
    left = np.minimum(_along(points[:, :1] - line[:, :1], frame.right), 0) * frame.right
    right = np.maximum(_along(points[:, 16:17] - line[:, -1:], frame.right), 0) * frame.right
    edge = np.concatenate([line[:, :1] + left, line, line[:, -1:] + right], axis=1)
    third = _along(points[:, 33:34] - line.mean(axis=1, keepdims=True), frame.down) * frame.down
    top = np.concatenate([edge[:, -1:], edge[:, :1]], axis=1) - third
    return [Outline(np.concatenate([edge, top], axis=1))]


def _brows(points: Points, frame: _Frame) -> list[Outline]:
    above = points[:, 17:27] - BROW_ABOVE * frame.eye_width * frame.down
    below = points[:, 17:27] + BROW_BELOW * frame.eye_width * frame.down
    return [Outline(np.concatenate([above, below[:, ::-1]], axis=1))]


def _eyes(points: Points, frame: _Frame) -> list[Outline]:
    return [_grown(points[:, 36:42], frame), _grown(points[:, 42:48], frame)]


def _nose(points: Points, frame: _Frame) -> list[Outline]:
    return [_grown(points[:, 27:36], frame)]


def _mouth(points: Points, frame: _Frame) -> list[Outline]:
    return [_grown(points[:, 48:60], frame)]


def _surgical(points: Points, _frame: _Frame) -> list[Outline]:
    return [Outline(np.concatenate([points[:, 1:16], points[:, 28:29]], axis=1))]


def _sunglasses(points: Points, frame: _Frame) -> list[Outline]:
    left, right = (points[:, eye].mean(axis=1, keepdims=True) for eye in _EYES)
    half = BRIDGE * frame.eye_width * frame.down
    bridge = np.concatenate([left - half, right - half, right + half, left + half], axis=1)
    return [Outline(bridge), Outline(_lens(left, frame)), Outline(_lens(right, frame))]


def _lens(centre: Points, frame: _Frame) -> Points:
    """Return a rounded rectangle around the middle of an eye (a superellipse of degree 4)."""
    angles = np.arange(CORNERS) * 2 * np.pi / CORNERS
    across, along = (
        np.sign(one) * np.sqrt(np.abs(one)) for one in (np.cos(angles), np.sin(angles))
    )
    across, along = across * LENS_BESIDE, along * np.where(along < 0, LENS_ABOVE, LENS_BELOW)
    return centre + frame.eye_width * (
        across[None, :, None] * frame.right + along[None, :, None] * frame.down
    )


def _grown(points: Points, frame: _Frame) -> Outline:
    """Return the hull of points, grown by `GROWTH` eye widths to all sides."""
    angles = np.arange(CORNERS) * 2 * np.pi / CORNERS
    circle = GROWTH * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    around = points[:, :, None] + frame.eye_width[:, None] * circle
    return Outline(around.reshape(len(points), -1, 2), is_hull=True)


def _along(vectors: Points, direction: Points) -> Points:
    """Return how far vectors reach in a direction: float64, shape (n, points, 1)."""
    return np.asarray((vectors * direction).sum(axis=2, keepdims=True), dtype=np.float64)


_EYES = (slice(36, 42), slice(42, 48))
_OUTLINES: Mapping[Mask, Callable[[Points, _Frame], list[Outline]]] = {
    Mask.LM_FOREHEAD: _forehead,
    Mask.LM_BROWS: _brows,
    Mask.LM_EYES: _eyes,
    Mask.LM_NOSE: _nose,
    Mask.LM_MOUTH: _mouth,
    Mask.SURGICAL: _surgical,
    Mask.SUNGLASSES: _sunglasses,
}
