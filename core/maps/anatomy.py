"""Where people's faces move for each emotion, drawn from facial action units.

Two sources of weights: how many of 230 people showed an action unit (Du, Tao & Martinez 2014), and
the prototypes of FACS (Ekman, Friesen & Hager 2002, Investigator's Guide).
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.maps.action_units import SIDE, region
from core.maps.human import HumanMaps, Picture, read_only
from core.maps.run_maps import MAP_SIDE
from db.enums import Emotion

Weights = Mapping[Emotion, Mapping[int, float]]

PREVALENCE: Weights = {
    Emotion.ANGRY: {4: 1.0, 7: 1.0, 24: 1.0, 10: 0.26, 17: 0.52, 23: 0.29},
    Emotion.DISGUST: {9: 1.0, 10: 1.0, 17: 1.0, 4: 0.31, 24: 0.26},
    Emotion.FEAR: {1: 1.0, 4: 1.0, 20: 1.0, 25: 1.0, 2: 0.57, 5: 0.63, 26: 0.33},
    Emotion.HAPPY: {12: 1.0, 25: 1.0, 6: 0.51},
    Emotion.SAD: {4: 1.0, 15: 1.0, 1: 0.60, 6: 0.50, 11: 0.26, 17: 0.67},
    Emotion.SURPRISE: {1: 1.0, 2: 1.0, 25: 1.0, 26: 1.0, 5: 0.66},
}
"""Weight of each action unit: 1 where more than 70 % of people show it, else their share."""

PROTOTYPES: Weights = {
    Emotion.ANGRY: {4: 1.0, 5: 1.0, 7: 1.0, 23: 1 / 2, 24: 1 / 2},
    Emotion.DISGUST: {9: 1 / 2, 10: 1 / 2},
    Emotion.FEAR: {1: 1.0, 2: 1.0, 4: 1.0, 5: 1.0, 20: 1.0, 25: 1 / 3, 26: 1 / 3, 27: 1 / 3},
    Emotion.HAPPY: {6: 1.0, 12: 1.0},
    Emotion.SAD: {1: 1.0, 4: 1.0, 15: 1.0},
    Emotion.SURPRISE: {1: 1.0, 2: 1.0, 5: 1.0, 26: 1 / 2, 27: 1 / 2},
}
"""1 for each unit of the prototype; units of which it asks for one share that 1."""

MOST_PEOPLE = 0.5
_LIMITS = (
    "It says where faces move, not where people look. Neutral has no action units and so no map. "
    "The places are drawn by hand from anatomy; the chin is cut off by the crop. {also} The maps "
    "of Liu et al. 2022 (Current Biology 32:200) could not be read and are not reproduced here; "
    "whoever has them can add them as maps of their own."
)


def units_of(emotion: Emotion) -> tuple[int, ...]:
    """Return the action units that at least half of 230 people show for an emotion, ascending.

    None for neutral. Source: `PREVALENCE`.
    """
    shares = PREVALENCE.get(emotion, {})
    return tuple(sorted(unit for unit, share in shares.items() if share >= MOST_PEOPLE))


@cache
def unit_area(emotion: Emotion) -> NDArray[np.bool_]:
    """Return where an emotion's action units show: bool, shape (48, 48); nowhere for neutral.

    The places that belong at least half to a unit of `units_of`.
    """
    area = np.zeros((MAP_SIDE, MAP_SIDE), dtype=np.bool_)
    for unit in units_of(emotion):
        area |= _shrunk(region(unit)) >= 1 / 2
    area.flags.writeable = False
    return area


@cache
def du2014() -> HumanMaps:
    """Return the maps of the action units that people show, after Du, Tao & Martinez 2014."""
    return HumanMaps(
        key="du2014",
        title="Action units people show (Du 2014)",
        source=(
            "AU-prevalence map after Du, Tao & Martinez 2014, PNAS 111:E1454, table 1 (230 "
            "people): the places of the action units seen for each emotion on the canonical face, "
            "weighted 1 when more than 70 % of people showed the unit and by their share otherwise."
        ),
        licence="Drawn by FeelingIt (MIT) from shares printed in the paper.",
        limits=_LIMITS.format(also="Shares were read from a copy of the table."),
        maps=_drawn(PREVALENCE),
    )


@cache
def facs() -> HumanMaps:
    """Return the maps of the action units of each emotion's FACS prototype."""
    return HumanMaps(
        key="facs",
        title="FACS prototypes",
        source=(
            "Action units of the prototypes of the FACS Investigator's Guide (Ekman, Friesen & "
            "Hager 2002) on the canonical face, each weighted 1; where the guide asks for one of "
            "several, these share the weight."
        ),
        licence="Drawn by FeelingIt (MIT) from lists of action units.",
        limits=_LIMITS.format(also="Prototypes were read from copies and leave variants out."),
        maps=_drawn(PROTOTYPES),
    )


def _drawn(weights: Weights) -> dict[Emotion, Picture]:
    """Return the weighted sum of the units' places for each emotion; `region` is soft already."""
    return {
        emotion: read_only(
            _shrunk(np.sum([weight * region(unit) for unit, weight in units.items()], axis=0))
        )
        for emotion, units in weights.items()
    }


def _shrunk(drawn: NDArray[np.float64]) -> Picture:
    """Return a map of `SIDE` as one of `MAP_SIDE` by means of blocks."""
    block = SIDE // MAP_SIDE
    return np.asarray(
        drawn.reshape(MAP_SIDE, block, MAP_SIDE, block).mean(axis=(1, 3)), dtype=np.float64
    )
