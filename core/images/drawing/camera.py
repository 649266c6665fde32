"""Taking the picture: turning the head, and what lens, film and sensor do to the tones."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.images.drawing.canvas import (
    FACE_SIDE_PX,
    MARGIN,
    MIDDLE,
    PX_PER_UNIT,
    SUPERSAMPLING,
    Layer,
    axis,
    soften,
)
from core.images.drawing.people import Scene

FRAME_PX = FACE_SIDE_PX * SUPERSAMPLING
PIVOT_Y = 66.0


def pose(picture: Layer, height: Layer, scene: Scene) -> Layer:
    """Return the part of the canvas in the frame, turned, scaled and shifted, float32, square.

    Yaw and pitch move each point by its height, so the nose travels furthest, as in a turned head.
    """
    inner = axis()[round(MARGIN * PX_PER_UNIT) :][:FRAME_PX]
    x, y = np.meshgrid(inner - MIDDLE - scene.shift[0], inner - PIVOT_Y - scene.shift[1])
    turn = math.radians(scene.roll)
    cos, sin = math.cos(turn) / scene.scale, math.sin(turn) / scene.scale
    source_x, source_y = x * cos + y * sin + MIDDLE, y * cos - x * sin + PIVOT_Y
    depth = soften(height, 3.0) - 15
    lift = _sampled(depth, source_x, source_y)
    return _sampled(picture, source_x - scene.yaw * lift, source_y - scene.pitch * lift)


def _sampled(values: Layer, x: Layer, y: Layer) -> Layer:
    """Return the canvas's values at unit coordinates, the edge repeated outside."""
    columns = ((x + MARGIN) * PX_PER_UNIT - 0.5).astype(np.float32)
    rows = ((y + MARGIN) * PX_PER_UNIT - 0.5).astype(np.float32)
    sampled = cv2.remap(values, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return sampled.astype(np.float32, copy=False)


def develop(frame: Layer, scene: Scene, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the finished picture, uint8, shape (48, 48), from a frame of tones 0..1."""
    small = cv2.resize(frame, (FACE_SIDE_PX, FACE_SIDE_PX), interpolation=cv2.INTER_AREA)
    if scene.blur_px > 0.2:
        small = cv2.GaussianBlur(small, (0, 0), scene.blur_px)
    tone = np.clip(small * scene.exposure, 0, None) ** scene.gamma
    grain = rng.normal(0, scene.noise, tone.shape)
    return np.asarray(np.clip(np.round(255 * tone + grain), 0, 255), np.uint8)
