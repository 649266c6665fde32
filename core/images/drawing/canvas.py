"""The canvas faces are painted on: coordinates, smooth curves, filled shapes, soft bumps."""

from collections.abc import Sequence
from functools import cache, lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Layer = NDArray[np.float32]
Points = NDArray[np.float64]

# The finished picture spans 0..128 units, as the masks of the study do, and 48 pixels; the canvas
# has three times its resolution and a margin to turn and shift the head in.
UNITS = 128
MARGIN = 20
FACE_SIDE_PX = 48
SUPERSAMPLING = 3
PX_PER_UNIT = FACE_SIDE_PX * SUPERSAMPLING / UNITS
SIDE_PX = round((UNITS + 2 * MARGIN) * PX_PER_UNIT)
MIDDLE = UNITS / 2
SUBPIXEL_BITS = 4
FAINTEST = 0.02
TO_THE_SIDE = (-1.0, 1.0)


@cache
def axis() -> Layer:
    """Return the unit coordinate of each canvas row (and column), float32, shape (side,)."""
    return ((np.arange(SIDE_PX) + 0.5) / PX_PER_UNIT - MARGIN).astype(np.float32)


def pixels(points: ArrayLike) -> NDArray[np.int32]:
    """Return unit points (n, 2) as canvas pixels with `SUBPIXEL_BITS` fraction bits, int32."""
    scaled = (np.asarray(points, dtype=np.float64) + MARGIN) * PX_PER_UNIT - 0.5
    return np.rint(scaled * (1 << SUBPIXEL_BITS)).astype(np.int32)


def curve(points: ArrayLike, n_steps: int = 8) -> Points:
    """Return a smooth line through the points (Catmull-Rom), float64, shape (steps, 2)."""
    knots = np.asarray(points, dtype=np.float64)
    return _spline(len(knots), n_steps) @ knots


@cache
def _spline(n_knots: int, n_steps: int) -> Points:
    """Return the matrix that takes knots to points on the Catmull-Rom spline through them."""
    knots = np.eye(n_knots)
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    a, b, c, d = (padded[i : n_knots - 1 + i, None] for i in range(4))
    t = (np.arange(n_steps) / n_steps)[None, :, None]
    line = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return np.vstack([line.reshape(-1, n_knots), knots[-1]])


def band(line: Points, widths: Sequence[float]) -> Points:
    """Return the outline of a brush stroke along a line whose width runs through `widths`."""
    direction = np.empty_like(line)
    direction[1:-1] = line[2:] - line[:-2]
    direction[[0, -1]] = line[[1, -1]] - line[[0, -2]]
    length = np.hypot(direction[:, 0], direction[:, 1]) + 1e-9
    share = _half_widths(len(line), tuple(widths)) / length
    half = direction[:, ::-1] * share[:, None] * TO_THE_SIDE
    return np.concatenate([line + half, (line - half)[::-1]])


@lru_cache(maxsize=512)
def _half_widths(n_points: int, widths: tuple[float, ...]) -> NDArray[np.float64]:
    """Return half the width of a stroke at each of its points."""
    knots = np.arange(len(widths)) * ((n_points - 1) / (len(widths) - 1))
    return np.asarray(np.interp(np.arange(n_points), knots, widths) / 2, np.float64)


def blank() -> NDArray[np.uint8]:
    """Return an empty mask to draw shapes into, uint8, canvas shape."""
    return np.zeros((SIDE_PX, SIDE_PX), np.uint8)


def add_shape(mask: NDArray[np.uint8], outline: ArrayLike, strength: float = 1.0) -> None:
    """Fill an outline in a mask, its edge smooth, with 255 times the strength (0..1)."""
    level = round(255 * min(max(strength, 0.0), 1.0))
    cv2.fillPoly(mask, [pixels(outline)], level, cv2.LINE_AA, SUBPIXEL_BITS)


def add_stroke(
    mask: NDArray[np.uint8], line: Points, widths: Sequence[float], strength: float
) -> None:
    """Add a brush stroke to a mask, unless it is too faint to see."""
    if strength > FAINTEST:
        add_shape(mask, band(line, widths), strength)


def layer(mask: NDArray[np.uint8], softness: float = 0.0) -> Layer:
    """Return a mask as float32, 0..1, blurred by `softness` units."""
    shares = mask.astype(np.float32) * np.float32(1 / 255)
    return soften(shares, softness) if softness else shares


def shape(outline: ArrayLike, softness: float = 0.0) -> Layer:
    """Return one filled outline as float32, 0..1, canvas shape."""
    mask = blank()
    add_shape(mask, outline)
    return layer(mask, softness)


def soften(values: Layer, softness: float) -> Layer:
    """Return the layer blurred with a Gaussian of `softness` units."""
    return cv2.GaussianBlur(values, (0, 0), softness * PX_PER_UNIT).astype(np.float32, copy=False)


def bump(x: float, y: float, wide: float, high: float) -> Layer:
    """Return a Gaussian hill of height 1 at (x, y) with standard deviations in units."""
    return hills([(1.0, x, y, wide, high)])


def hills(terms: Sequence[tuple[float, float, float, float, float]]) -> Layer:
    """Return the sum of Gaussian hills, each (height, x, y, wide, high), float32, canvas shape."""
    height, x, y, wide, high = np.array(terms, np.float32).T[:, :, None]
    across = np.exp(-0.5 * ((axis() - x) / wide) ** 2)
    down = np.exp(-0.5 * ((axis() - y) / high) ** 2)
    return np.asarray((height * down).T @ across, np.float32)


def oval(x: float, y: float, half_width: float, half_height: float) -> Points:
    """Return the outline of an ellipse, float64, shape (24, 2)."""
    return np.asarray(_circle() * (half_width, half_height) + (x, y))


@cache
def _circle() -> Points:
    """Return points on the circle of radius 1 around the origin."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return np.column_stack([np.cos(turn), np.sin(turn)])


def moved(points: ArrayLike, dx: float, dy: float) -> Points:
    """Return the points shifted to the right and down."""
    return np.add(np.asarray(points, np.float64), (dx, dy), dtype=np.float64)


def enlarged(coarse: Layer) -> Layer:
    """Return a small array smoothly enlarged to the canvas."""
    grown = cv2.resize(coarse, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
    return grown.astype(np.float32, copy=False)


def paint(picture: Layer, tone: Layer | float, cover: Layer) -> None:
    """Lay a tone over the picture, in place, where `cover` (0..1) says how thickly."""
    picture += (np.asarray(tone, np.float32) - picture) * cover
