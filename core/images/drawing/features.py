"""The features painted on the skin: eyes, brows, nostrils and mouth; and glasses."""

import numpy as np

from core.images.drawing.action_units import ActionUnit as Au
from core.images.drawing.action_units import Expression
from core.images.drawing.canvas import (
    MIDDLE,
    Layer,
    Points,
    add_shape,
    add_stroke,
    band,
    blank,
    curve,
    layer,
    moved,
    oval,
    paint,
    shape,
)
from core.images.drawing.geometry import Eye, Face, Mouth
from core.images.drawing.people import Glasses, Person

IRIS_RADIUS = 4.7


def paint_eye(picture: Layer, eye: Eye, person: Person, light: Layer) -> None:
    """Paint one eye in place: white, iris, pupil, the light in it, lids and lashes."""
    opening = shape(np.vstack([eye.upper, eye.lower[::-1]]))
    white = np.minimum((0.42 + 0.38 * person.skin**0.5) * np.clip(light * 1.1, 0.35, 1.0), 0.9)
    paint(picture, white, opening)
    x, y = eye.iris
    paint(picture, person.iris, shape(oval(x, y, IRIS_RADIUS, IRIS_RADIUS)) * opening)
    paint(picture, 0.02, shape(oval(x, y, 2.1, 2.1)) * opening)
    lid_shadow = shape(band(moved(eye.upper, 0, 1.0), (1.2, 2.6, 1.6)))
    paint(picture, 0.05, 0.5 * lid_shadow * opening)
    paint(picture, 0.95, shape(oval(x - 1.5, y - 1.5, 1.0, 1.0)) * opening)
    dark = 0.05 + 0.12 * person.skin
    paint(picture, dark, 0.9 * shape(band(eye.upper, (1.0, 1.9, 2.3))))
    paint(picture, dark, 0.45 * shape(band(eye.lower, (1.0, 0.9, 1.3))))


def paint_brow(picture: Layer, line: Points, person: Person) -> None:
    """Paint one brow in place: thick inside, tapered outside, its edges soft like hair."""
    thick = person.brow_thickness
    cover = shape(band(line, (0.75 * thick, 1.15 * thick, 1.0 * thick, 0.25 * thick)))
    tone = min(0.75 * person.hair_tone, 0.55 * person.skin)
    paint(picture, tone, 0.88 * cover)


def paint_nostrils(picture: Layer, face: Face) -> None:
    """Paint the nostrils and the shadow under the tip of the nose, in place."""
    mask = blank()
    for side in (-1, 1):
        x, y = MIDDLE + side * 0.52 * face.nose_half_width, face.nostril_y + 1.6
        hole = curve([(x - side * 2.0, y + 0.5), (x, y - 0.5), (x + side * 2.3, y)])
        add_stroke(mask, hole, (1.2, 2.0, 1.0), 0.7)
        wing = MIDDLE + side * (face.nose_half_width + 0.8)
        edge = curve([(wing - side * 0.6, y - 6), (wing, y - 3), (wing - side * 1.2, y + 0.2)])
        add_stroke(mask, edge, (0.6, 1.4, 1.2), 0.3)
    paint(picture, 0.04, layer(mask))


def paint_mouth(picture: Layer, mouth: Mouth, person: Person, expression: Expression) -> None:
    """Paint lips, and teeth and darkness between them where they part, in place."""
    lips = shape(np.vstack([mouth.top, mouth.bottom[::-1]]))
    upper = shape(np.vstack([mouth.top, mouth.inner_top[::-1]]))
    picture *= 1 - lips * (1 - np.float32(person.lips))
    picture *= 1 - np.float32(0.16) * upper
    shine_y = 0.45 * mouth.inner_bottom[:, 1].max() + 0.55 * mouth.bottom[:, 1].max()
    shine = shape(oval(mouth.x, shine_y, 6.0, 1.3), 1.0)
    picture *= 1 + np.float32(0.16) * shine * lips
    if mouth.opening > 0.8:
        _paint_opening(picture, mouth, expression)
    seam = band(mouth.inner_top, (1.3, 1.5, 1.5, 1.5, 1.3))
    paint(picture, 0.04, (0.8 if mouth.opening > 0.8 else 0.7) * shape(seam))
    for x, y in mouth.corners:
        paint(picture, 0.05, 0.5 * shape(oval(x, y, 1.6, 1.3)))


def _paint_opening(picture: Layer, mouth: Mouth, expression: Expression) -> None:
    """Paint the inside of an open mouth: dark, a tongue in a wide one, teeth where lips draw."""
    opening = shape(np.vstack([mouth.inner_top, mouth.inner_bottom[::-1]]))
    paint(picture, 0.06, opening)
    floor = mouth.inner_bottom[:, 1].max()
    if mouth.opening > 9:
        paint(picture, 0.22, 0.7 * opening * shape(oval(mouth.x, floor, 9.0, 4.5), 1.2))
    bared = expression[Au.LIP_CORNER_PULLER] + 0.8 * expression[Au.LIP_STRETCHER]
    bared += 0.7 * expression[Au.UPPER_LIP_RAISER] + 0.3 * expression[Au.NOSE_WRINKLER]
    length = min(0.25 + bared, 1.0) * 6.0
    middle = slice(len(mouth.inner_top) // 10, -len(mouth.inner_top) // 10)
    edge = mouth.inner_top[middle]
    bite = np.column_stack([edge[:, 0], np.full(len(edge), edge[len(edge) // 2, 1] + length)])
    teeth = shape(np.vstack([moved(edge, 0, -2), bite[::-1]]))
    paint(picture, 0.82, min(1.0, 0.35 + bared) * opening * teeth)
    if expression[Au.LIP_STRETCHER] > 0.3:
        edge = mouth.inner_bottom[middle]
        below = shape(np.vstack([moved(edge, 0, 2), moved(edge, 0, -1.8)[::-1]]))
        paint(picture, 0.62, 0.7 * opening * below)


def paint_glasses(picture: Layer, person: Person, eyes: tuple[Eye, Eye]) -> None:
    """Paint the frame, its bridge and arms, and a faint glare on the lenses, in place."""
    if person.glasses is Glasses.NONE:
        return
    power = 2.0 if person.glasses is Glasses.ROUND else 5.0
    turn = np.linspace(0, 2 * np.pi, 40)
    unit = np.column_stack([np.cos(turn), np.sin(turn)])
    rim = np.sign(unit) * np.abs(unit) ** (2 / power)
    frame, glare = blank(), blank()
    for eye in eyes:
        outline = rim * (17.0, 12.5) + (eye.x + eye.side * 0.5, eye.y + 2.5)
        add_stroke(frame, outline, (2.4, 2.0, 2.4, 2.0), 0.95)
        add_shape(glare, rim * (15.0, 10.5) + (eye.x + eye.side * 0.5, eye.y + 2.5), 0.10)
        arm = curve([(eye.x + eye.side * 17.5, eye.y - 1), (MIDDLE + eye.side * 50, eye.y - 2)], 3)
        add_stroke(frame, arm, (2.2, 2.0), 0.9)
    bridge = curve(
        [(eyes[0].x + 16.5, eyes[0].y), (MIDDLE, eyes[0].y - 2.2), (eyes[1].x - 16.5, eyes[1].y)]
    )
    add_stroke(frame, bridge, (1.8, 1.8), 0.95)
    paint(picture, 0.9, layer(glare))
    paint(picture, 0.08 if person.age < 0.75 else 0.35, layer(frame))
