"""Hair on the head and on the face."""

import numpy as np

from core.images.drawing.canvas import (
    MIDDLE,
    UNITS,
    Layer,
    Points,
    add_shape,
    axis,
    band,
    blank,
    bump,
    curve,
    enlarged,
    layer,
    moved,
    paint,
    shape,
    soften,
)
from core.images.drawing.geometry import Face
from core.images.drawing.people import Hair, Person

FAR = 30.0
# Lower edge of the hair from the left temple to the right: (side, dx, y, follows). The point lies
# at the left edge of the head (-1), its middle (0) or right edge (1) plus dx; y is added to the
# person's hairline where it follows it (1), else it is the height itself (0).
HAIRLINES: dict[Hair, tuple[tuple[int, float, float, int], ...]] = {
    Hair.LONG: (
        (-1, -8, 120, 0),
        (-1, -1, 92, 0),
        (-1, 2.5, 50, 0),
        (-1, 9, 26, 0),
        (0, -12, 0, 1),
        (0, 0, -3, 1),
        (0, 14, 1, 1),
        (1, -8, 27, 0),
        (1, -2.5, 50, 0),
        (1, 1, 92, 0),
        (1, 8, 120, 0),
    ),
    Hair.FRINGE: (
        (-1, -4, 50, 0),
        (-1, 2, 44, 0),
        (-1, 8, 30, 0),
        (0, -18, 23, 0),
        (0, 0, 20.5, 0),
        (0, 20, 23, 0),
        (1, -8, 29, 0),
        (1, -2, 44, 0),
        (1, 4, 50, 0),
    ),
    Hair.PARTED: (
        (-1, -4, 50, 0),
        (-1, 1.5, 44, 0),
        (-1, 8, 24, 0),
        (0, -20, 2, 1),
        (0, -14, -6, 1),
        (0, 8, 5, 1),
        (1, -12, 15, 1),
        (1, -4, 34, 0),
        (1, -1, 46, 0),
        (1, 4, 50, 0),
    ),
    Hair.RECEDING: (
        (-1, -4, 50, 0),
        (-1, 2, 44, 0),
        (-1, 5, 20, 0),
        (-1, 12, -12, 1),
        (0, -8, 0, 1),
        (0, 8, 0, 1),
        (1, -12, -12, 1),
        (1, -5, 20, 0),
        (1, -2, 44, 0),
        (1, 4, 50, 0),
    ),
    Hair.SHORT: (
        (-1, -4, 52, 0),
        (-1, 1.5, 46, 0),
        (-1, 5, 26, 0),
        (-1, 13, 4, 1),
        (0, -14, 0, 1),
        (0, 0, -1, 1),
        (0, 14, 0, 1),
        (1, -13, 4, 1),
        (1, -5, 26, 0),
        (1, -1.5, 46, 0),
        (1, 4, 52, 0),
    ),
}


def draw_strands(rng: np.random.Generator, is_curly: bool) -> Layer:
    """Return strands as a factor around 1, float32, canvas shape; curly hair has tufts instead."""
    grain = enlarged(rng.normal(size=(14, 14) if is_curly else (5, 60)).astype(np.float32))
    return np.asarray(1 + (0.35 if is_curly else 0.13) * np.clip(grain, -2, 2), np.float32)


def paint_falling_hair(picture: Layer, person: Person, strands: Layer) -> None:
    """Paint the hair that falls behind the shoulders, in place."""
    if person.hair is Hair.LONG:
        tone = np.clip(0.8 * person.hair_tone * strands, 0, 1)
        paint(picture, tone, shape(_around_head(person, 11.0, UNITS + FAR)))


def paint_back_hair(picture: Layer, person: Person, strands: Layer) -> None:
    """Paint the hair that shows beside the head, in place."""
    tone = np.clip(person.hair_tone * strands, 0, 1)
    if person.hair is Hair.CURLY:
        paint(picture, tone, shape(_around_head(person, 12.0, 74), 2.0))
    elif person.hair not in (Hair.BALD, Hair.RECEDING):
        paint(picture, tone, shape(_around_head(person, 3.5, 44)))


def paint_front_hair(picture: Layer, person: Person, face: Face, strands: Layer) -> None:
    """Paint the hair over forehead and temples, and its shadow on the skin, in place."""
    if person.hair is Hair.BALD:
        return
    line = HAIRLINES.get(person.hair, HAIRLINES[Hair.SHORT])
    edge = curve(
        [
            (MIDDLE + side * person.half_width + dx, y + follows * person.hairline_y)
            for side, dx, y, follows in line
        ]
    )
    top = [(UNITS + FAR, edge[-1, 1]), (UNITS + FAR, -FAR), (-FAR, -FAR), (-FAR, edge[0, 1])]
    head = face.half_widths.astype(np.float32)[:, None] + np.float32(3.5)
    within = np.clip(head - np.abs(axis() - MIDDLE)[None, :] + 0.5, 0, 1)
    if person.hair in (Hair.LONG, Hair.CURLY):
        within = np.maximum(within, shape(_around_head(person, 11.0, 74)))
    cover = shape(np.vstack([edge, top])) * within
    picture *= 1 - np.float32(0.3) * soften(cover, 2.0)
    gloss = 0.75 + 0.5 * bump(MIDDLE - 14, -2, 24, 9)
    paint(picture, np.clip(person.hair_tone * strands * gloss, 0, 1), cover)


def _around_head(person: Person, thickness: float, bottom: float) -> Points:
    """Return the outline of the hair around the head, down to `bottom`."""
    half = person.half_width + thickness
    right = [
        (MIDDLE + 0.55 * half, -8 - thickness),
        (MIDDLE + 0.94 * half, 16),
        (MIDDLE + half, 45),
        (MIDDLE + half - 1, bottom),
    ]
    left = [(UNITS - x, y) for x, y in reversed(right)]
    return curve([*left, (MIDDLE, -18 - thickness), *right])


def paint_beard(picture: Layer, person: Person, face: Face, rng: np.random.Generator) -> None:
    """Darken the beard and moustache in place, with a grain of hairs."""
    if not person.beard and not person.moustache:
        return
    cover = np.maximum(_beard(person, face), _moustache(person, face))
    grain = enlarged(rng.normal(size=(90, 90)).astype(np.float32))
    paint(picture, 0.9 * person.hair_tone, np.clip(cover * (0.85 + 0.15 * grain), 0, 0.92))


def _beard(person: Person, face: Face) -> Layer:
    """Return how thickly the jaw is covered, 0..1: below a line from ear to mouth to ear."""
    mask = blank()
    if person.beard:
        y = np.linspace(66, face.chin_y, 14)
        half = np.interp(y, axis(), face.half_widths) + 1
        right = np.column_stack([MIDDLE + half, y])
        left = np.column_stack([MIDDLE - half, y])
        add_shape(mask, np.vstack([left, right[::-1]]), person.beard)
        cheeks = [(-44, 62), (-32, 84), (-20, 90), (0, 90), (20, 90), (32, 84), (44, 62)]
        add_shape(mask, moved(curve(cheeks), MIDDLE, 0), 0.0)
    return layer(mask, 1.6)


def _moustache(person: Person, face: Face) -> Layer:
    """Return how thickly the upper lip is covered, 0..1."""
    mask = blank()
    if person.moustache:
        (left_x, left_y), (right_x, right_y) = face.mouth.corners
        x, lip = face.mouth.x, face.mouth.top[:, 1].min()
        line = curve(
            [
                (left_x - 2, left_y + 1),
                (x - 8, lip - 2.4),
                (x, lip - 3.0),
                (x + 8, lip - 2.4),
                (right_x + 2, right_y + 1),
            ]
        )
        add_shape(mask, band(line, (2.5, 5.0, 4.0, 5.0, 2.5)), person.moustache)
    return layer(mask)
