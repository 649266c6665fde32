"""One face from a person, an expression and a scene."""

import numpy as np
from numpy.typing import NDArray

from core.images.drawing import bust, features, hair
from core.images.drawing.action_units import Expression
from core.images.drawing.camera import develop, pose
from core.images.drawing.canvas import MARGIN, SIDE_PX, UNITS, Layer, axis, enlarged, paint
from core.images.drawing.geometry import Face, place
from core.images.drawing.people import Hair, Person, Scene
from core.images.drawing.relief import creases, head_cover, relief, shade


def render(
    person: Person, expression: Expression, scene: Scene, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return the picture of a person, uint8, shape (48, 48), 0 black to 255 white.

    The generator gives strands of hair, pores and noise; the same state gives the same bytes.
    """
    face = place(person, expression)
    height = relief(person, face, expression)
    strands = hair.draw_strands(rng, person.hair is Hair.CURLY)
    picture = _background(scene, rng)
    hair.paint_falling_hair(picture, person, strands)
    bust.paint_bust(picture, person, scene, face)
    hair.paint_back_hair(picture, person, strands)
    light = shade(height, scene)
    skin = _skin(person, face, expression, light, rng)
    paint(picture, skin, head_cover(face))
    hair.paint_front_hair(picture, person, face, strands)
    features.paint_glasses(picture, person, face.eyes)
    return develop(pose(picture, height, scene), scene, rng)


def _background(scene: Scene, rng: np.random.Generator) -> Layer:
    """Return a soft gradient from the left tone to the right tone, float32, canvas shape."""
    left, right = scene.backdrop
    across = np.clip((axis() + MARGIN) / (UNITS + 2 * MARGIN), 0, 1)
    row = left + (right - left) * across
    fall = np.linspace(1.04, 0.9, SIDE_PX, dtype=np.float32)
    blurred = enlarged(rng.normal(0, scene.clutter, (7, 7)).astype(np.float32))
    return np.clip(np.outer(fall, row) + blurred, 0, 1).astype(np.float32)


def _skin(
    person: Person, face: Face, expression: Expression, light: Layer, rng: np.random.Generator
) -> Layer:
    """Return the face's front with all features, float32, canvas shape."""
    blotches = enlarged(rng.normal(0, 0.03, (40, 40)).astype(np.float32))
    skin = np.float32(person.skin) * light * (1 + blotches)
    skin *= 1 - np.float32(0.55) * creases(person, face, expression)
    features.paint_nostrils(skin, face)
    hair.paint_beard(skin, person, face, rng)
    features.paint_mouth(skin, face.mouth, person, expression)
    for eye, brow in zip(face.eyes, face.brows, strict=True):
        features.paint_eye(skin, eye, person, light)
        features.paint_brow(skin, brow, person)
    return skin
