"""Who is drawn and how they are photographed: everything but the expression."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Hair(StrEnum):
    """How the hair is worn."""

    BALD = "bald"
    SHORT = "short"
    PARTED = "parted"
    FRINGE = "fringe"
    LONG = "long"
    CURLY = "curly"
    RECEDING = "receding"


class Glasses(StrEnum):
    """What is worn before the eyes."""

    NONE = "none"
    ROUND = "round"
    SQUARE = "square"


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person at rest. Lengths are in canvas units: the picture is 128 by 128 of them.

    Tones are reflectances, 0 black to 1 white; `beard`, `moustache` and `age` are amounts, 0..1.
    """

    half_width: float
    jaw_power: float
    jaw_taper: float
    chin_y: float
    eye_x: float
    eye_y: float
    eye_half_width: float
    eye_opening: float
    eye_tilt: float
    brow_lift: float
    brow_arch: float
    brow_thickness: float
    nose_y: float
    nose_half_width: float
    mouth_y: float
    mouth_half_width: float
    lip_fullness: float
    skin: float
    iris: float
    lips: float
    hair_tone: float
    hair: Hair
    hairline_y: float
    beard: float
    moustache: float
    glasses: Glasses
    age: float
    asymmetry: float
    gaze: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How the picture is taken.

    Attributes:
        light: Direction to the light, x to the image's right, y down, z towards the camera.
        ambient: Share of light that comes from everywhere, 0..1.
        yaw: Shift in units per unit of relief when the head turns to the image's right.
        pitch: The same downwards.
        roll: Degrees, clockwise.
        scale: Size of the face in the picture; 1 fills it.
        shift: Units to the right and down.
        backdrop: Tones of the background on the left and on the right, 0..1.
        clutter: How much the background's tone varies, 0..1.
        clothes: Tone, 0..1.
        exposure: Brightness factor.
        gamma: Exponent of the tone curve.
        blur_px: Standard deviation in pixels of the finished picture.
        noise: Standard deviation in grey levels.
    """

    light: tuple[float, float, float]
    ambient: float
    yaw: float
    pitch: float
    roll: float
    scale: float
    shift: tuple[float, float]
    backdrop: tuple[float, float]
    clutter: float
    clothes: float
    exposure: float
    gamma: float
    blur_px: float
    noise: float


def draw_person(rng: np.random.Generator) -> Person:
    """Return a person at random: man or woman, young or old, of any skin tone."""
    manly = float(np.clip(rng.normal(0.5, 0.32), 0, 1))
    age = float(rng.beta(1.3, 2.2))
    skin = float(np.clip(0.30 + 0.62 * rng.beta(2.2, 1.1), 0.3, 0.92))
    bearded = rng.random() < 0.45 * manly
    return Person(
        half_width=rng.normal(48.0 + manly, 2.6),
        jaw_power=rng.uniform(2.1, 2.5) + 0.5 * manly,
        jaw_taper=rng.uniform(0.04, 0.20) - 0.06 * manly,
        chin_y=rng.normal(125.5 + 2 * manly, 2.0),
        eye_x=rng.normal(21.8, 0.9),
        eye_y=rng.normal(50.0, 1.3),
        eye_half_width=rng.normal(12.6, 0.6),
        eye_opening=float(np.clip(rng.normal(1.05 - 0.12 * manly - 0.1 * age, 0.12), 0.72, 1.35)),
        eye_tilt=rng.normal(0.6, 0.9),
        brow_lift=rng.normal(14.0 - 1.4 * manly, 1.0),
        brow_arch=rng.normal(2.6 - 1.4 * manly, 0.7),
        brow_thickness=float(np.clip(rng.normal(2.2 + 1.7 * manly, 0.5), 1.5, 5.0)),
        nose_y=rng.normal(80.0, 1.6),
        nose_half_width=rng.normal(8.6 + 1.2 * manly, 0.9),
        mouth_y=rng.normal(100.5, 1.4),
        mouth_half_width=rng.normal(19.5, 1.3),
        lip_fullness=float(np.clip(rng.normal(1.08 - 0.28 * manly, 0.14), 0.6, 1.5)),
        skin=skin,
        iris=rng.uniform(0.04, 0.34),
        lips=rng.uniform(0.5, 0.74) + 0.14 * manly,
        hair_tone=_draw_hair_tone(age, skin, rng),
        hair=_draw_hair(manly, age, rng),
        hairline_y=rng.normal(9.0 - 3.0 * age, 3.0),
        beard=rng.uniform(0.35, 1.0) * bearded,
        moustache=rng.uniform(0.4, 1.0) * (bearded or rng.random() < 0.12 * manly),
        glasses=list(Glasses)[int(rng.choice(3, p=[0.84, 0.07, 0.09]))],
        age=age,
        asymmetry=rng.normal(0.0, 0.06),
        gaze=_draw_gaze(rng),
    )


def _draw_hair_tone(age: float, skin: float, rng: np.random.Generator) -> float:
    """Return a tone of hair: grey for many of the old, else seldom lighter than the skin."""
    if age > 0.6 and rng.random() < 0.6:
        return rng.uniform(0.5, 0.85)
    return 0.05 + 0.55 * rng.beta(0.9, 1.9) * skin


def _draw_gaze(rng: np.random.Generator) -> tuple[float, float]:
    """Return how far the irises are off the middle of the eyes, in units right and down."""
    across, down = rng.normal(0, 1.2), rng.normal(0, 0.5)
    return (float(np.clip(across, -3.5, 3.5)), float(np.clip(down, -1, 1)))


def _draw_hair(manly: float, age: float, rng: np.random.Generator) -> Hair:
    """Return a hair style that suits the person."""
    weights = {
        Hair.BALD: 0.18 * manly,
        Hair.SHORT: 0.2 + manly,
        Hair.PARTED: 0.5,
        Hair.FRINGE: 0.45 * (1.2 - age),
        Hair.LONG: 1.5 * (1 - manly),
        Hair.CURLY: 0.35,
        Hair.RECEDING: 1.2 * manly * age,
    }
    shares = np.array(list(weights.values()))
    return list(weights)[int(rng.choice(len(weights), p=shares / shares.sum()))]


def draw_scene(rng: np.random.Generator, skin: float) -> Scene:
    """Return a way to take the picture: mostly frontal, mostly well lit, never twice the same."""
    light = np.array([rng.normal(0, 0.5), -rng.uniform(0.1, 0.9), 1.0])
    light /= np.linalg.norm(light)
    tone = rng.beta(0.9, 0.9)
    return Scene(
        light=(float(light[0]), float(light[1]), float(light[2])),
        ambient=rng.uniform(0.12, 0.4),
        yaw=float(np.clip(rng.normal(0, 0.11), -0.26, 0.26)),
        pitch=float(np.clip(rng.normal(0, 0.06), -0.14, 0.14)),
        roll=float(np.clip(rng.normal(0, 5.0), -14, 14)),
        scale=float(np.clip(rng.normal(1.05, 0.06), 0.9, 1.2)),
        shift=(float(rng.normal(0, 2.5)), float(rng.normal(0, 2.5))),
        backdrop=(float(tone), float(np.clip(tone + rng.normal(0, 0.2), 0, 1))),
        clutter=rng.uniform(0, 0.3) * (rng.random() < 0.5),
        clothes=rng.uniform(0.03, 0.9),
        exposure=rng.uniform(0.9, 1.25) * (0.75 / skin) ** 0.55,
        gamma=rng.uniform(0.75, 1.1),
        blur_px=rng.uniform(0.0, 0.55),
        noise=rng.uniform(0.5, 3.5),
    )
