"""What carries the face: neck, clothes and ears."""

import numpy as np

from core.images.drawing.canvas import (
    MIDDLE,
    UNITS,
    Layer,
    axis,
    bump,
    curve,
    oval,
    paint,
    shape,
)
from core.images.drawing.geometry import Face
from core.images.drawing.people import Hair, Person, Scene

FAR = 30.0


def paint_bust(picture: Layer, person: Person, scene: Scene, face: Face) -> None:
    """Paint clothes, neck and ears in place."""
    shoulders = curve(
        [(-FAR, 150), (20, 140), (42, 131), (86, 131), (108, 140), (UNITS + FAR, 150)]
    )
    hem = [(UNITS + FAR, 180), (-FAR, 180)]
    paint(picture, scene.clothes, shape(np.vstack([shoulders, hem])))
    _paint_neck(picture, person, scene, face)
    if person.hair is not Hair.LONG:
        _paint_ears(picture, person, scene)


def _paint_neck(picture: Layer, person: Person, scene: Scene, face: Face) -> None:
    """Paint the neck in place, round, with the shadow of the chin on it."""
    half = 0.62 * person.half_width
    outline = [
        (MIDDLE - half, 95),
        (MIDDLE + half, 95),
        (MIDDLE + half + 3, 138),
        (MIDDLE, 146),
        (MIDDLE - half - 3, 138),
    ]
    across = (axis() - MIDDLE) / np.float32(1.5 * half)
    roundness = np.clip(1 - across**2 - across * np.float32(scene.light[0]), 0.15, 1)[None, :]
    under_chin = 1 - 0.6 * bump(MIDDLE, face.chin_y + 2, 30, 8)
    paint(picture, 0.62 * person.skin * roundness * under_chin, shape(outline))


def _paint_ears(picture: Layer, person: Person, scene: Scene) -> None:
    """Paint both ears in place, each lit as its side of the head."""
    for side in (-1, 1):
        x = MIDDLE + side * (person.half_width + 0.2)
        lit = min(max(0.62 + 0.5 * side * scene.light[0], 0.2), 0.95)
        paint(picture, person.skin * lit, shape(oval(x, 60, 4.2, 10.5)))
        paint(picture, 0.5 * person.skin * lit, shape(oval(x + side * 0.6, 60, 1.6, 6.5), 1.0))
