"""Human maps that people bring: a picture, or points and regions drawn on the canonical face."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import HumanMapError
from core.images.decoding import decode
from core.maps.canonical import soften
from core.maps.human import Picture
from core.maps.run_maps import MAP_SIDE

MAX_BYTES = 5_000_000
MAX_REGIONS, MAX_CORNERS = 100, 200
MAX_WEIGHT = 100.0
_FINE = 16  # regions are filled on a grid this many times finer, then averaged down

Point = tuple[float, float]
"""x to the right and y down, as shares of the canonical face's side."""


@dataclass(frozen=True, kw_only=True)
class Disc:
    """A point that counts, with what is around it; the radius is a share of the side, 0..1."""

    centre: Point
    radius: float = 0.05
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Polygon:
    """A region with three corners or more; where its border crosses itself, every other part."""

    corners: tuple[Point, ...]
    weight: float = 1.0


Region = Disc | Polygon


def map_of_picture(content: bytes) -> Picture:
    """Return a map from an image file's bytes, its grey taken as the weight of each place.

    The picture is stretched onto the square of the canonical face, then softened as all maps are.

    Returns:
        float64, shape (48, 48), 0 where black to 255 where white.

    Raises:
        HumanMapError: If the file is larger than 5 MB.
        UnreadableImageError: If the bytes are no image of at most 4096 pixels a side.
    """
    if len(content) > MAX_BYTES:
        raise HumanMapError(
            f"The picture has {len(content):,} bytes and the limit is {MAX_BYTES:,}; make it "
            f"smaller, maps are kept at {MAP_SIDE} x {MAP_SIDE} pixels."
        )
    pixels = decode(content).astype(np.float64)
    smooth = cv2.INTER_AREA if min(pixels.shape) >= MAP_SIDE else cv2.INTER_LINEAR
    fitted = cv2.resize(pixels, (MAP_SIDE, MAP_SIDE), interpolation=smooth)
    return soften(np.asarray(fitted, dtype=np.float64))


def map_of_regions(regions: Sequence[Region]) -> Picture:
    """Return a map on which the weights of all regions are added up, then softened.

    Returns:
        float64, shape (48, 48), >= 0.

    Raises:
        HumanMapError: If there is no region or too many, or one cannot be drawn.
    """
    if not 1 <= len(regions) <= MAX_REGIONS:
        raise HumanMapError(
            f"A map is drawn from 1 to {MAX_REGIONS} regions and there are {len(regions)}; "
            "add one, or draw fewer."
        )
    side = MAP_SIDE * _FINE
    total = np.zeros((side, side), dtype=np.float64)
    for region in regions:
        filled = np.zeros((side, side), dtype=np.uint8)
        cv2.fillPoly(filled, [_outline(region)], color=(1,), shift=4)
        total += region.weight * filled
    coarse = total.reshape(MAP_SIDE, _FINE, MAP_SIDE, _FINE).mean(axis=(1, 3))
    return soften(coarse)


def _outline(region: Region) -> NDArray[np.int32]:
    """Return a region's checked border in sixteenths of a fine pixel: int32, shape (n, 2)."""
    if not 0 < region.weight <= MAX_WEIGHT:  # false for NaN too
        raise HumanMapError(
            f"A region weighs {region.weight:g}; give more than 0, at most {MAX_WEIGHT:g}."
        )
    points = _circle(region) if isinstance(region, Disc) else _corners(region)
    return np.round((points * MAP_SIDE * _FINE - 0.5) * 16).astype(np.int32)


def _circle(disc: Disc) -> NDArray[np.float64]:
    if not 0 < disc.radius <= 1:
        raise HumanMapError(f"A point has the radius {disc.radius:g}; give more than 0, at most 1.")
    _check_places([disc.centre])
    angles = np.arange(48) * (2 * np.pi / 48)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    return np.asarray(np.array(disc.centre) + disc.radius * circle, dtype=np.float64)


def _corners(polygon: Polygon) -> NDArray[np.float64]:
    if not 3 <= len(polygon.corners) <= MAX_CORNERS:
        raise HumanMapError(
            f"A region has {len(polygon.corners)} corners; draw 3 to {MAX_CORNERS}."
        )
    _check_places(polygon.corners)
    return np.array(polygon.corners, dtype=np.float64)


def _check_places(points: Sequence[Point]) -> None:
    for x, y in points:
        if not (math.isfinite(x) and math.isfinite(y) and 0 <= x <= 1 and 0 <= y <= 1):
            raise HumanMapError(
                f"The point ({x:g}, {y:g}) lies beside the face; both numbers are from 0 to 1."
            )
