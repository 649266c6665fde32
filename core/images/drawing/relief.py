"""The head as a height map, the creases in it, and the light on both."""

import math

import cv2
import numpy as np

from core.images.drawing.action_units import ActionUnit as Au
from core.images.drawing.action_units import Expression
from core.images.drawing.canvas import (
    MIDDLE,
    PX_PER_UNIT,
    Layer,
    add_stroke,
    axis,
    blank,
    curve,
    hills,
    layer,
    moved,
    soften,
)
from core.images.drawing.geometry import HEAD_CENTRE_Y, Face
from core.images.drawing.people import Person, Scene

DEPTH = 34.0

Hill = tuple[float, float, float, float, float]


def head_cover(face: Face) -> Layer:
    """Return where the head is, 0..1, with an edge one unit wide."""
    across = np.abs(axis() - MIDDLE)[None, :]
    half = np.where(face.half_widths > 0, face.half_widths, -2).astype(np.float32)
    inside = half[:, None] - across
    return np.asarray(np.clip(inside / np.float32(1.2) + 0.5, 0, 1), np.float32)


def relief(person: Person, face: Face, expression: Expression) -> Layer:
    """Return the height of the head towards the viewer in units, float32, canvas shape."""
    y = axis()
    half = np.maximum(face.half_widths, 1.0).astype(np.float32)
    across = (axis() - MIDDLE)[None, :] / half[:, None]
    reach = np.where(y > HEAD_CENTRE_Y, face.chin_y - HEAD_CENTRE_Y + 22, 78.0)
    along = ((y - HEAD_CENTRE_Y) / reach).astype(np.float32)[:, None]
    round_off = np.clip(1 - np.abs(across) ** 2.6, 0, 1) * np.clip(1 - along**2, 0, 1)
    round_off[face.half_widths <= 1.0] = 0
    height = np.float32(DEPTH) * np.sqrt(round_off).astype(np.float32)
    bumps = _mouth_and_chin(face, expression)
    for side in (-1, 1):
        bumps += _half_face(person, face, expression, side)
    return np.asarray(height + _nose_ridge(face) + hills(bumps), np.float32)


def _nose_ridge(face: Face) -> Layer:
    """Return the nose without its wings: a ridge that widens and rises to the tip."""
    y, tip = axis(), face.nose_y
    stops = (tip - 36, tip - 26, tip - 9, tip - 3.5, tip + 1.5, tip + 6)
    rise = np.interp(y, stops, (0, 3.0, 9.5, 12.0, 7.5, 0)).astype(np.float32)
    width = np.interp(y, (tip - 30, tip - 10, tip), (3.8, 4.8, 0.75 * face.nose_half_width))
    ridge = np.exp(-0.5 * ((axis() - MIDDLE)[None, :] / width.astype(np.float32)[:, None]) ** 2)
    return np.asarray(rise[:, None] * ridge, np.float32)


def _half_face(person: Person, face: Face, expression: Expression, side: int) -> list[Hill]:
    """Return brow ridge and bulge, eye socket, eyeball, cheek, hollow and nose wing of one side."""
    eye = face.eyes[(side + 1) // 2]
    brow_x, brow_y = face.brows[(side + 1) // 2].mean(axis=0)
    lifted = expression[Au.CHEEK_RAISER] + 0.7 * expression[Au.LIP_CORNER_PULLER]
    cheek_y = 76 - 3.5 * lifted
    brow_bulge = 1.2 * expression[Au.BROW_LOWERER]
    return [
        (2.6, brow_x, brow_y + 1.0, 12, 3.6),
        (brow_bulge, MIDDLE + side * 6, brow_y + 2, 4, 3.5),
        (-6.2, eye.x - side * 2.5, eye.y - 1.5, 10.5, 6.0),
        (3.2, eye.x, eye.y, 7.0, 5.0),
        (3.0 + 3.2 * lifted, MIDDLE + side * 27, cheek_y, 11, 8.5 - 1.5 * lifted),
        (-1.6 * person.age, MIDDLE + side * 31, 92, 7, 9),
        (4.5, MIDDLE + side * 0.8 * face.nose_half_width, face.nostril_y - 1.5, 2.8, 3.0),
    ]


def _mouth_and_chin(face: Face, expression: Expression) -> list[Hill]:
    """Return the swell of the jaws behind the lips, the groove below them, corners and chin."""
    mouth, bottom = face.mouth, face.mouth.bottom[:, 1].max()
    boss = 3.4 + 2.2 * expression[Au.CHIN_RAISER]
    return [
        (4.2, mouth.x, mouth.y, 15, 11),
        (-2.6, mouth.x, bottom + 4.0, 11, 2.6),
        (boss, MIDDLE, min(face.chin_y - 8, bottom + 12), 9, 5),
        *((-1.6, x, y, 3.0, 3.0) for x, y in mouth.corners),
    ]


def creases(person: Person, face: Face, expression: Expression) -> Layer:
    """Return how deep the skin is folded, 0..1: lines of age and those the action units make."""
    mask = blank()
    for side in (-1, 1):
        _cheek_folds(mask, person, face, expression, side)
        _eye_folds(mask, person, face, expression, side)
        _frown_lines(mask, face, expression, side)
    _forehead_lines(mask, person, face, expression)
    _chin_lines(mask, face, expression)
    return layer(mask, 0.8)


def _cheek_folds(
    mask: np.ndarray, person: Person, face: Face, expression: Expression, side: int
) -> None:
    """Add the fold from the wing of the nose around the corner of the mouth."""
    pull = expression[Au.LIP_CORNER_PULLER]
    sneer = expression[Au.UPPER_LIP_RAISER] + expression[Au.NOSE_WRINKLER]
    depth = 0.10 + 0.35 * person.age + 0.5 * pull + 0.42 * sneer
    depth += 0.25 * expression[Au.LIP_CORNER_DEPRESSOR] + 0.2 * expression[Au.LIP_STRETCHER]
    corner_x, corner_y = face.mouth.corners[(side + 1) // 2]
    wing_x = MIDDLE + side * (face.nose_half_width + 2.5)
    fold = curve(
        [
            (wing_x, face.nostril_y - 4),
            (0.5 * (wing_x + corner_x) + side * (3.0 + 2.5 * pull), face.nostril_y + 7),
            (corner_x + side * (4.5 + pull), corner_y - 1),
            (corner_x + side * 4.0, corner_y + 6 - 2 * pull),
        ]
    )
    add_stroke(mask, fold, (1.0, 3.0, 2.6, 0.5), 0.55 * depth)
    down = expression[Au.LIP_CORNER_DEPRESSOR]
    tail = curve(
        [
            (corner_x, corner_y),
            (corner_x + side * 2, corner_y + 4),
            (corner_x + side * 2.5, corner_y + 8),
        ]
    )
    add_stroke(mask, tail, (2.2, 1.6, 0.4), 0.15 * person.age + 0.6 * down)


def _eye_folds(
    mask: np.ndarray, person: Person, face: Face, expression: Expression, side: int
) -> None:
    """Add the fold of the upper lid, the bag under the eye and crow's feet beside it."""
    eye = face.eyes[(side + 1) // 2]
    crease = moved(eye.upper[2:-2], 0, -2.6)
    hooded = 0.42 - 0.15 * expression[Au.BROW_LOWERER]
    add_stroke(mask, crease, (0.8, 1.5, 1.0), max(0.1, hooded))
    tight = expression[Au.CHEEK_RAISER] + 0.6 * expression[Au.LID_TIGHTENER]
    tight += 0.4 * expression[Au.NOSE_WRINKLER]
    bag = moved(eye.lower[3:-3], 0, 4.2)
    add_stroke(mask, bag, (0.5, 1.8, 0.5), 0.12 + 0.25 * person.age + 0.3 * tight)
    corner = eye.x + side * eye.half_width
    for dy, dx in ((-3.5, 7.0), (0.5, 8.0), (4.0, 7.0)):
        foot = curve([(corner + side * 2.5, eye.y + 0.4 * dy), (corner + side * dx, eye.y + dy)], 3)
        add_stroke(mask, foot, (1.3, 0.5), 0.5 * expression[Au.CHEEK_RAISER] * (0.5 + person.age))


def _frown_lines(mask: np.ndarray, face: Face, expression: Expression, side: int) -> None:
    """Add the upright folds between the brows (AU 4) and those across the nose (AU 9)."""
    inner_x, inner_y = face.brows[(side + 1) // 2][0]
    depth = expression[Au.BROW_LOWERER]
    line = curve(
        [
            (inner_x - side * 2.0, inner_y - 6),
            (inner_x - side * 3.0, inner_y),
            (inner_x - side * 2.2, inner_y + 5),
        ]
    )
    add_stroke(mask, line, (0.6, 2.0, 1.2), 0.75 * depth)
    wrinkle = expression[Au.NOSE_WRINKLER]
    for dy, reach in ((0.0, 6.5), (5.0, 8.0), (10.0, 9.0)):
        top = 55.0 + dy
        side_line = curve(
            [
                (MIDDLE + side * 1.0, top),
                (MIDDLE + side * 4.5, top - 0.6),
                (MIDDLE + side * reach, top + 3.0),
            ]
        )
        add_stroke(mask, side_line, (1.2, 1.9, 0.6), 0.62 * wrinkle)


def _forehead_lines(mask: np.ndarray, person: Person, face: Face, expression: Expression) -> None:
    """Add the lines across the forehead that AU 1 and 2 fold: the middle and the sides."""
    middle, sides = expression[Au.INNER_BROW_RAISER], expression[Au.OUTER_BROW_RAISER]
    strength = 0.12 * person.age + 0.5 * (0.35 + 0.65 * person.age) * max(middle, sides)
    reach = 14 + 16 * sides
    top = min(brow[:, 1].min() for brow in face.brows)
    for dy in (5.0, 10.0, 15.0):
        y, arch = top - dy, 1.6 * (sides - 0.8 * middle)
        line = curve(
            [
                (MIDDLE - reach, y + arch),
                (MIDDLE - 0.5 * reach, y - 0.6),
                (MIDDLE, y),
                (MIDDLE + 0.5 * reach, y - 0.6),
                (MIDDLE + reach, y + arch),
            ]
        )
        add_stroke(mask, line, (0.4, 1.4, 1.2, 1.4, 0.4), strength)


def _chin_lines(mask: np.ndarray, face: Face, expression: Expression) -> None:
    """Add the groove under the lower lip and the dimples of a raised chin (AU 17)."""
    mouth, bottom = face.mouth, face.mouth.bottom[:, 1].max()
    groove = curve([(mouth.x - 9, bottom + 3), (mouth.x, bottom + 3.6), (mouth.x + 9, bottom + 3)])
    raised = expression[Au.CHIN_RAISER]
    add_stroke(mask, groove, (0.5, 2.6, 0.5), 0.34 + 0.3 * raised)
    for dx, dy in ((-5, 9), (0, 8), (5, 9), (-2.5, 12), (3, 12)):
        dimple = curve([(mouth.x + dx - 1.6, bottom + dy), (mouth.x + dx + 1.6, bottom + dy)], 3)
        add_stroke(mask, dimple, (0.8, 2.0, 0.8), 0.5 * raised)


def shade(height: Layer, scene: Scene) -> Layer:
    """Return how brightly the relief is lit, about 0..1.3, float32, canvas shape.

    Lambert's law with light from one side and from everywhere, darker in hollows, with a soft
    gloss where the skin turns the light towards the viewer.
    """
    slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=1, scale=PX_PER_UNIT / 2)
    slope_y = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=1, scale=PX_PER_UNIT / 2)
    facing = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    light_x, light_y, light_z = scene.light
    incidence = (light_z - light_x * slope_x - light_y * slope_y) * facing
    wrapped = np.clip((incidence + 0.25) / 1.25, 0, None)
    gloss_z = math.sqrt(0.5 * (1 + light_z))
    gloss = (gloss_z - 0.5 * (light_x * slope_x + light_y * slope_y) / gloss_z) * facing
    hollow = np.clip((height - soften(height, 5.0)) / 9, -0.35, 0.12)
    lit = scene.ambient + (1 - scene.ambient) * wrapped
    gleam = cv2.pow(np.clip(gloss, 0, 1), 16)
    return np.asarray(lit * (1 + hollow) + 0.16 * gleam, np.float32)
