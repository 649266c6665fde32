"""Where people's faces move for each emotion: the human reference for saliency maps.

An AU-prevalence map after Du, Tao & Martinez 2014: the places of the action units that people show
for an emotion, each weighted by how many of 230 people showed it.
"""

from collections.abc import Mapping
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import NoHumanMapError
from core.maps.action_units import SIDE, region
from db.enums import Emotion

PREVALENCE: Mapping[Emotion, Mapping[int, float]] = {
    Emotion.ANGRY: {4: 1.0, 7: 1.0, 24: 1.0, 10: 0.26, 17: 0.52, 23: 0.29},
    Emotion.DISGUST: {9: 1.0, 10: 1.0, 17: 1.0, 4: 0.31, 24: 0.26},
    Emotion.FEAR: {1: 1.0, 4: 1.0, 20: 1.0, 25: 1.0, 2: 0.57, 5: 0.63, 26: 0.33},
    Emotion.HAPPY: {12: 1.0, 25: 1.0, 6: 0.51},
    Emotion.SAD: {4: 1.0, 15: 1.0, 1: 0.60, 6: 0.50, 11: 0.26, 17: 0.67},
    Emotion.SURPRISE: {1: 1.0, 2: 1.0, 25: 1.0, 26: 1.0, 5: 0.66},
}
"""Weight of each action unit: 1 where more than 70 % of people show it, else their share."""

SOURCE = (
    "AU-prevalence map after Du, Tao & Martinez 2014, PNAS 111:E1454, table 1 (230 people): "
    "the places of the action units seen for each emotion on the canonical face, weighted 1 when "
    "more than 70 % of people showed the unit and by their share otherwise."
)
LIMITS = (
    "It says where faces move, not where people look. Neutral has no action units and so no map. "
    "The places are drawn by hand from anatomy; the chin is cut off by the crop. Shares were read "
    "from a copy of the table. The maps of Liu et al. 2022 are not reproduced here."
)


def has_human_map(emotion: Emotion) -> bool:
    """Return whether the emotion has a human map; neutral has none."""
    return emotion in PREVALENCE


@cache
def human_map(emotion: Emotion) -> NDArray[np.float64]:
    """Return the human map of an emotion: float64, shape (96, 96), >= 0, sum 1, read-only.

    Raises:
        NoHumanMapError: If the emotion has no prototype (neutral).
    """
    if not has_human_map(emotion):
        raise NoHumanMapError(
            f"There is no human map for {emotion}, which no action units define; choose another."
        )
    weighted = np.zeros((SIDE, SIDE), dtype=np.float64)
    for action_unit, weight in PREVALENCE[emotion].items():
        weighted += weight * region(action_unit)
    weighted /= weighted.sum()
    weighted.flags.writeable = False
    return weighted


def human_map_at(emotion: Emotion, side: int) -> NDArray[np.float64]:
    """Return the human map resampled to a side: float64, shape (side, side), >= 0, sum 1.

    Raises:
        NoHumanMapError: If the emotion has no prototype (neutral).
    """
    smooth = cv2.INTER_AREA if side < SIDE else cv2.INTER_LINEAR
    resized = cv2.resize(human_map(emotion), (side, side), interpolation=smooth)
    return np.asarray(resized / resized.sum(), dtype=np.float64)
