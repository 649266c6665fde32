"""Where the features of a face lie: the person's own place for each, moved by the action units."""

from dataclasses import dataclass

import numpy as np

from core.images.drawing.action_units import ActionUnit as Au
from core.images.drawing.action_units import Expression
from core.images.drawing.canvas import MIDDLE, Points, axis, curve
from core.images.drawing.people import Person

HEAD_CENTRE_Y = 46.0
CROWN_Y = -20.0


@dataclass(frozen=True)
class Eye:
    """One eye: its corner-to-corner lids, the centre of its iris, and the fold above."""

    side: int
    x: float
    y: float
    half_width: float
    upper: Points
    lower: Points
    iris: tuple[float, float]


@dataclass(frozen=True)
class Mouth:
    """The mouth: outer lip lines and inner lip lines, each from left to right."""

    x: float
    y: float
    top: Points
    inner_top: Points
    inner_bottom: Points
    bottom: Points
    corners: Points
    opening: float


@dataclass(frozen=True)
class Face:
    """The places of all features in canvas units; pairs are (image left, image right)."""

    chin_y: float
    half_widths: Points
    brows: tuple[Points, Points]
    eyes: tuple[Eye, Eye]
    nose_y: float
    nostril_y: float
    nose_half_width: float
    mouth: Mouth


def place(person: Person, expression: Expression) -> Face:
    """Return where the person's features lie while they show the expression."""
    chin_y = person.chin_y + 7.5 * expression[Au.JAW_DROP] - 1.5 * expression[Au.CHIN_RAISER]
    wrinkle = expression[Au.NOSE_WRINKLER]
    flare = 0.8 * wrinkle + 0.5 * expression[Au.LIP_CORNER_PULLER]
    return Face(
        chin_y=chin_y,
        half_widths=_outline(person, chin_y),
        brows=(_brow(person, expression, -1), _brow(person, expression, 1)),
        eyes=(_eye(person, expression, -1), _eye(person, expression, 1)),
        nose_y=person.nose_y - 1.2 * wrinkle,
        nostril_y=person.nose_y - 2.2 * wrinkle - 0.8 * expression[Au.UPPER_LIP_RAISER],
        nose_half_width=person.nose_half_width + flare,
        mouth=_mouth(person, expression),
    )


def _outline(person: Person, chin_y: float) -> Points:
    """Return the half width of the head at each canvas row: a superellipse with a tapered jaw."""
    y = axis().astype(np.float64)
    up = np.clip((HEAD_CENTRE_Y - y) / (HEAD_CENTRE_Y - CROWN_Y), 0, 1)
    down = np.clip((y - HEAD_CENTRE_Y) / (chin_y - HEAD_CENTRE_Y), 0, 1)
    skull = (1 - up**2.4) ** (1 / 2.4)
    jaw = (1 - down**person.jaw_power) ** (1 / person.jaw_power) * (1 - person.jaw_taper * down)
    return np.asarray(person.half_width * skull * jaw)


def _brow(person: Person, expression: Expression, side: int) -> Points:
    """Return the middle line of a brow, from its inner to its outer end."""
    inner, outer = expression[Au.INNER_BROW_RAISER], expression[Au.OUTER_BROW_RAISER]
    lower, wrinkle = expression[Au.BROW_LOWERER], expression[Au.NOSE_WRINKLER]
    y = person.eye_y - person.brow_lift
    lean = 1 + person.asymmetry * side
    knit = 2.6 * lower + 0.8 * wrinkle
    # Frontalis lifts and corrugator lowers most at the inner end; with both (fear, sadness) the
    # inner ends still rise while the brows draw together.
    inner_dy = -9.5 * inner + 6.0 * lower * (1 - 0.75 * inner) + 2.5 * wrinkle
    middle_dy = -4.5 * inner - 5.0 * outer + 4.2 * lower * (1 - 0.5 * inner) + 1.5 * wrinkle
    outer_dy = -6.5 * outer + 0.5 * lower + 1.2 * inner
    return curve(
        [
            (MIDDLE + side * (9.5 - knit), y + 0.6 + inner_dy * lean),
            (
                MIDDLE + side * (17.5 - 0.6 * knit),
                y - 0.2 * person.brow_arch + 0.6 * inner_dy + 0.4 * middle_dy,
            ),
            (MIDDLE + side * (26.5 - 0.2 * knit), y - person.brow_arch + middle_dy),
            (MIDDLE + side * 36.0, y + 2.2 + outer_dy),
        ]
    )


def _eye(person: Person, expression: Expression, side: int) -> Eye:
    """Return an eye: raised by AU 5, narrowed by 4, 6, 7, 9 and a wide smile."""
    wide, tight = expression[Au.UPPER_LID_RAISER], expression[Au.LID_TIGHTENER]
    cheek, wrinkle = expression[Au.CHEEK_RAISER], expression[Au.NOSE_WRINKLER]
    lower_brow, slant = expression[Au.BROW_LOWERER], expression[Au.INNER_BROW_RAISER]
    drop = expression[Au.LIP_CORNER_DEPRESSOR]
    above = person.eye_opening * 6.2 + 3.6 * wide - 1.9 * tight - 0.9 * cheek
    above -= 1.3 * wrinkle + 0.9 * lower_brow + 1.0 * drop
    below = person.eye_opening * 3.8 + 0.9 * wide - 1.7 * tight - 2.0 * cheek - 1.5 * wrinkle
    above, below = max(above, 1.1), max(below, 0.5)
    x, y, half = MIDDLE + side * person.eye_x, person.eye_y, person.eye_half_width
    inner, outer = (x - side * half, y + 0.9), (x + side * half, y - person.eye_tilt + 0.6 * slant)
    hood = 1.6 * (slant * min(1.0, lower_brow + drop))
    upper = [
        inner,
        (x - side * 0.5 * half, y - 0.84 * above),
        (x + side * 0.1 * half, y - above),
        (x + side * 0.62 * half, y - 0.66 * above + hood),
        outer,
    ]
    lower = [
        inner,
        (x - side * 0.45 * half, y + 0.8 * below),
        (x + side * 0.2 * half, y + below),
        (x + side * 0.7 * half, y + 0.6 * below),
        outer,
    ]
    return Eye(
        side,
        x,
        y,
        half,
        curve(upper, 5),
        curve(lower, 5),
        (x + person.gaze[0], y - 0.9 + person.gaze[1]),
    )


def _mouth(person: Person, expression: Expression) -> Mouth:
    """Return the lips: corners moved by AU 12, 15 and 20, shape by 10, 17, 23 to 26."""
    smile, frown = expression[Au.LIP_CORNER_PULLER], expression[Au.LIP_CORNER_DEPRESSOR]
    stretch, jaw = expression[Au.LIP_STRETCHER], expression[Au.JAW_DROP]
    press = min(1.0, expression[Au.LIP_PRESSOR] + 0.8 * expression[Au.LIP_TIGHTENER])
    sneer = expression[Au.UPPER_LIP_RAISER] + 0.5 * expression[Au.NOSE_WRINKLER]
    chin, part = expression[Au.CHIN_RAISER], expression[Au.LIPS_PART]
    x, y, full = MIDDLE + 12 * person.asymmetry * smile, person.mouth_y, person.lip_fullness
    half = person.mouth_half_width + 6.0 * smile + 4.5 * stretch + 0.8 * frown
    half -= 2.6 * press + 7.0 * jaw * (1 - 0.6 * min(smile, 1)) + 1.0 * chin
    corner_y = y - 7.0 * smile + 4.8 * frown + 1.2 * stretch + 6.0 * jaw + 0.3 * sneer + 0.5 * chin
    thin = full * (1 - 0.5 * press) * (1 - 0.25 * smile) * (1 - 0.2 * stretch)
    lift = 2.7 * sneer + 1.2 * smile + 1.0 * part
    inner_top = y - 0.8 * lift - 1.6 * chin
    gape = part * (3.0 + 6.5 * smile + 1.6 * stretch) + 13.0 * jaw
    inner_bottom = inner_top + gape + 1.6 * sneer * part
    top = inner_top - 4.6 * thin - 0.2 * lift
    bottom = max(inner_bottom, y - 2.4 * chin) + 6.4 * thin * (1 - 0.15 * jaw)
    corners = np.array([(x - half, corner_y), (x + half, corner_y)])
    inner = corners + np.array([(2.0, 0), (-2.0, 0)]) * min(jaw, 1.0)
    return Mouth(
        x=x,
        y=(inner_top + inner_bottom) / 2,
        top=_lip(corners, (top + 1.1 * full, top - 0.2, top + 2.2 - 2.6 * sneer), jaw),
        inner_top=_lip(inner, (inner_top + 0.3, inner_top, inner_top + 0.5 - 1.6 * sneer), jaw),
        inner_bottom=_lip(inner, (inner_bottom, inner_bottom, inner_bottom - 0.2), jaw),
        bottom=_lip(corners, (bottom, bottom - 0.2, bottom - 1.6), jaw),
        corners=corners,
        opening=max(0.0, inner_bottom - inner_top),
    )


def _lip(corners: Points, heights: tuple[float, float, float], jaw: float) -> Points:
    """Return a lip line from corner to corner, through heights in the middle, near it and aside.

    A dropped jaw makes the line rounder.
    """
    middle, near, aside = heights
    (left_x, corner_y), (right_x, _) = corners
    x, half = (left_x + right_x) / 2, (right_x - left_x) / 2
    bow = 0.62 + 0.2 * min(jaw, 1.0)
    aside_x, aside_y = (0.55 + 0.1 * min(jaw, 1.0)) * half, bow * aside + (1 - bow) * corner_y
    return curve(
        [
            (left_x, corner_y),
            (x - aside_x, aside_y),
            (x - 0.2 * half, near),
            (x, middle),
            (x + 0.2 * half, near),
            (x + aside_x, aside_y),
            (right_x, corner_y),
        ],
        5,
    )
