"""Mean maps of a run by emotion and outcome, from the maps of its images."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.maps.run_maps import MAP_SIDE, RunMaps
from db.enums import EMOTIONS, Emotion


class Outcome(StrEnum):
    """Which images of an emotion count: all, those the run got right, or those it got wrong."""

    ALL = "all"
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True, eq=False)
class MeanMap:
    """The mean map of an emotion's images and how much they differ.

    Attributes:
        mean_map: float64, shape (48, 48), >= 0. A density: 1 is what chance gives every place, so
            its mean is 1; 0 everywhere where `n` is 0. Not softened.
        spread: float64, shape (48, 48), >= 0. Standard deviation over images (n - 1) at each
            place; 0 where `n` is below 2.
        mean_face: float64, shape (48, 48), 0 black to 255 white. Mean of the faces as the network
            saw them, aligned, those without a map too; 0 where there are none.
        n: Images whose maps were averaged.
        n_empty: Further images, without a map because nothing in them spoke for the emotion.
    """

    mean_map: NDArray[np.float64]
    spread: NDArray[np.float64]
    mean_face: NDArray[np.float64]
    n: int
    n_empty: int


def chosen(maps: RunMaps, emotion: Emotion, outcome: Outcome = Outcome.ALL) -> NDArray[np.int64]:
    """Return the rows of an emotion's images with an outcome: int64, shape (n,), ascending."""
    is_chosen = maps.labels == EMOTIONS.index(emotion)
    if outcome is not Outcome.ALL:
        is_right = maps.predicted == maps.labels
        is_chosen = is_chosen & (is_right if outcome is Outcome.RIGHT else ~is_right)
    return np.flatnonzero(is_chosen).astype(np.int64)


def mean_map(
    maps: RunMaps,
    emotion: Emotion,
    outcome: Outcome = Outcome.ALL,
    *,
    untrained: bool = False,
) -> MeanMap:
    """Return the mean map of an emotion's images with an outcome.

    Args:
        maps: Of a run by one method.
        emotion: Of the images, by their labels.
        outcome: Which of them count.
        untrained: Average the maps of the network with random weights instead.
    """
    rows = chosen(maps, emotion, outcome)
    every = (maps.untrained if untrained else maps.maps)[rows].astype(np.float64)
    has_map = every.any(axis=(1, 2))
    one_each = every[has_map]
    nothing = np.zeros((MAP_SIDE, MAP_SIDE), dtype=np.float64)
    n = len(one_each)
    return MeanMap(
        mean_map=one_each.mean(axis=0) if n else nothing,
        spread=one_each.std(axis=0, ddof=1) if n > 1 else nothing,
        mean_face=maps.faces[rows].mean(axis=0, dtype=np.float64) if len(rows) else nothing,
        n=n,
        n_empty=len(rows) - n,
    )
