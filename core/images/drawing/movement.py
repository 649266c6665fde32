"""Which parts of the picture an emotion moves: the truth that saliency maps can be held against."""

import numpy as np
from numpy.typing import NDArray

from core.images.drawing.action_units import Expression, at_rest, prototype
from core.images.drawing.people import Scene, draw_person
from core.images.drawing.rendering import render
from db.enums import Emotion

N_PEOPLE = 16
STUDIO = Scene(
    light=(0.0, -0.37, 0.93),
    ambient=0.25,
    yaw=0.0,
    pitch=0.0,
    roll=0.0,
    scale=1.05,
    shift=(0.0, 0.0),
    backdrop=(0.5, 0.5),
    clutter=0.0,
    clothes=0.4,
    exposure=1.0,
    gamma=1.0,
    blur_px=0.0,
    noise=0.0,
)


def moved_regions(emotion: Emotion) -> NDArray[np.float64]:
    """Return how much an emotion changes each pixel of a frontal face.

    The mean over a few people, always the same, of the difference between the face that shows the
    emotion's prototype and the face at rest.

    Returns:
        float64, shape (48, 48), 0..1 with the largest at 1; all 0 for neutral.
    """
    moved = [_difference(number, prototype(emotion)) for number in range(N_PEOPLE)]
    mean = np.mean(moved, axis=0)
    return np.asarray(mean / max(mean.max(), 1.0))


def studio_portrait(number: int, expression: Expression) -> NDArray[np.uint8]:
    """Return a person of that number, lit and posed plainly, uint8, shape (48, 48).

    The same number is the same person whatever the expression.
    """
    rng = np.random.default_rng(number)
    return render(draw_person(rng), expression, STUDIO, rng)


def _difference(number: int, expression: Expression) -> NDArray[np.float64]:
    """Return the change of a person's picture from rest, in grey levels."""
    resting = studio_portrait(number, at_rest()).astype(np.float64)
    return np.abs(studio_portrait(number, expression) - resting)
