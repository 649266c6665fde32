"""Facial action units (AUs) and how strongly each emotion moves them."""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np

from db.enums import Emotion


class ActionUnit(IntEnum):
    """The facial movements a drawn face knows, by their FACS numbers."""

    INNER_BROW_RAISER = 1
    OUTER_BROW_RAISER = 2
    BROW_LOWERER = 4
    UPPER_LID_RAISER = 5
    CHEEK_RAISER = 6
    LID_TIGHTENER = 7
    NOSE_WRINKLER = 9
    UPPER_LIP_RAISER = 10
    LIP_CORNER_PULLER = 12
    LIP_CORNER_DEPRESSOR = 15
    CHIN_RAISER = 17
    LIP_STRETCHER = 20
    LIP_TIGHTENER = 23
    LIP_PRESSOR = 24
    LIPS_PART = 25
    JAW_DROP = 26


Expression = Mapping[ActionUnit, float]
"""How far every action unit has moved, 0 at rest to about 1.2; holds all of `ActionUnit`."""

# The share of people who use an AU for an emotion: Du, Tao & Martinez 2014 (PNAS 111:E1454,
# table 1, 230 people). Its "more than 70 %" is entered as 0.9, and as 1 for the smile itself.
# An AU that the FACS prototype of the emotion calls for gets 0.8 where fewer people used it
# (happy 6, sad 1, surprise 5, fear 5); angry 5 and disgust 7 and 15 are variants of the
# prototypes for which Du gives no share.
SHARES: Mapping[Emotion, Mapping[int, float]] = {
    Emotion.ANGRY: {4: 0.9, 7: 0.9, 24: 0.9, 17: 0.52, 23: 0.29, 10: 0.26, 5: 0.3},
    Emotion.DISGUST: {9: 0.9, 10: 0.9, 17: 0.9, 4: 0.31, 24: 0.26, 7: 0.3, 15: 0.25},
    Emotion.FEAR: {1: 0.9, 4: 0.9, 20: 0.9, 25: 0.9, 5: 0.8, 2: 0.57, 26: 0.33},
    Emotion.HAPPY: {12: 1.0, 25: 0.9, 6: 0.8},
    Emotion.NEUTRAL: {},
    Emotion.SAD: {4: 0.9, 15: 0.9, 1: 0.8, 17: 0.67, 6: 0.5},
    Emotion.SURPRISE: {1: 0.9, 2: 0.9, 25: 0.9, 26: 0.9, 5: 0.8},
}
RESTLESS_SHARE = 0.10
RESTLESS_STRENGTH = 0.30


def at_rest() -> Expression:
    """Return the expression in which nothing moves."""
    return dict.fromkeys(ActionUnit, 0.0)


def prototype(emotion: Emotion) -> Expression:
    """Return an emotion's expected strength of every action unit, 0..1: its share of people."""
    shares = SHARES[emotion]
    return {unit: shares.get(unit, 0.0) for unit in ActionUnit}


def draw_expression(emotion: Emotion, rng: np.random.Generator) -> Expression:
    """Return one person's way of showing an emotion.

    Each action unit takes part with its share of people; together they are strong or faint. Now
    and then a face moves slightly in a way that has nothing to do with the emotion, as people do.

    Returns:
        The strength of every action unit, 0..1.2.
    """
    vigour = rng.uniform(0.7, 1.15)
    shares = prototype(emotion)
    strengths = dict.fromkeys(ActionUnit, 0.0)
    for unit in ActionUnit:
        takes_part, strength = rng.random() < shares[unit], rng.uniform(0.7, 1.1)
        is_restless, twitch = rng.random() < RESTLESS_SHARE, rng.uniform(0, RESTLESS_STRENGTH)
        strengths[unit] = vigour * strength if takes_part else twitch * is_restless
    return strengths
