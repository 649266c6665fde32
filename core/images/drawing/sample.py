"""Whole samples of drawn faces, with planted faults and the truth about each image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.images.drawing.action_units import draw_expression
from core.images.drawing.faults import blank, near_copy
from core.images.drawing.people import draw_person, draw_scene
from core.images.drawing.planning import PlannedFace, plan_sample
from core.images.drawing.rendering import render
from db.enums import Emotion, Fault, Split


@dataclass(frozen=True, kw_only=True)
class DrawnFace:
    """One image of a sample and the truth about it.

    Attributes:
        path: "split/label/number.png", unique.
        split: What the image is for.
        label: The emotion it is filed under.
        true_label: The emotion it shows; of a blank, the one it was meant to show.
        fault: What was planted in it. Copies may have a wrong label besides.
        copy_of: The path of the image it copies.
        pixels: uint8, shape (48, 48), 0 black to 255 white.
    """

    path: str
    split: Split
    label: Emotion
    true_label: Emotion
    fault: Fault
    copy_of: str | None
    pixels: NDArray[np.uint8]


def draw_sample(n_images: int, seed: int) -> list[DrawnFace]:
    """Return a sample in order of its numbers; the same arguments give the same bytes.

    Raises:
        ConfigError: If the number of images or the seed cannot be used.
    """
    return [draw_face(face, seed) for face in plan_sample(n_images, seed)]


def draw_face(face: PlannedFace, seed: int) -> DrawnFace:
    """Return a planned image, drawn from its own number alone: any image can be drawn by itself."""
    return DrawnFace(
        path=face.path,
        split=face.split,
        label=face.label,
        true_label=face.true_label,
        fault=face.fault,
        copy_of=face.copy_of,
        pixels=_pixels(face, seed),
    )


def _pixels(face: PlannedFace, seed: int) -> NDArray[np.uint8]:
    """Return the image; a copy draws its original again."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, face.drawing)))
    if face.fault is Fault.BLANK:
        return blank(rng)
    person = draw_person(rng)
    scene = draw_scene(rng, person.skin)
    expression = draw_expression(face.true_label, rng)
    picture = render(person, expression, scene, rng)
    return near_copy(picture, rng) if face.fault is Fault.NEAR_COPY else picture
