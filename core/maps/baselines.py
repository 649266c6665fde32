"""Maps that know nothing of the network: what a score has to beat."""

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from core.maps.run_maps import MAP_SIDE

CENTRE_SIGMA = 1 / 4  # of the side: half of the mass within the middle 59 % of the face


class Baseline(StrEnum):
    """What stands in for the network's maps.

    `uniform` is the same everywhere; `centre` a Gaussian around the middle of the face; `edges` the
    edges of each emotion's mean face, which is what any detector of light and dark finds;
    `shuffled` the network's own maps, each held against the human maps of the other emotions;
    `untrained` the maps of the same network with random weights.
    """

    UNIFORM = "uniform"
    CENTRE = "centre"
    EDGES = "edges"
    SHUFFLED = "shuffled"
    UNTRAINED = "untrained"


def uniform() -> NDArray[np.float64]:
    """Return a map that is the same everywhere: float64, shape (48, 48), all 1."""
    return np.ones((MAP_SIDE, MAP_SIDE), dtype=np.float64)


def centre_gaussian() -> NDArray[np.float64]:
    """Return a round Gaussian in the middle of the face: float64, shape (48, 48), > 0, mean 1."""
    distance = (np.arange(MAP_SIDE) + 0.5) / MAP_SIDE - 0.5
    along = np.exp(-(distance**2) / (2 * CENTRE_SIGMA**2))
    drawn = np.outer(along, along)
    return np.asarray(drawn / drawn.mean(), dtype=np.float64)


def edges(mean_face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how steep the grey of a mean face is (Sobel): float64, shape (48, 48), >= 0.

    Args:
        mean_face: float64, shape (48, 48), as `MeanMap` has it.
    """
    across = cv2.Sobel(mean_face, cv2.CV_64F, 1, 0, borderType=cv2.BORDER_REPLICATE)
    down = cv2.Sobel(mean_face, cv2.CV_64F, 0, 1, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.hypot(across, down), dtype=np.float64)
