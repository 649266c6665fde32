"""Mean saliency maps of a run, as its folder keeps them."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from db.enums import EMOTIONS


@dataclass(frozen=True, kw_only=True)
class MeanMaps:
    """One mean face and one mean saliency map for each emotion, in the order of `EMOTIONS`.

    Attributes:
        mean_faces: float32, shape (7, side, side), 0 black to 255 white. The mean of the faces as
            the network saw them: resized, its mask covered. All 0 where `n` is 0.
        mean_maps: float32, shape (7, side, side), >= 0. Each image's map is divided by its sum
            before averaging, so that every image counts the same and a mean map sums to 1. All 0
            where no image has a map.
        n: int64, shape (7,). Images whose maps were averaged.
        n_empty: int64, shape (7,). Further images, left out of the mean map (but not of the mean
            face) because their map is 0 everywhere: nothing spoke for the emotion.
        cells: int64, shape (2,). Rows and columns of the map before it was enlarged.
    """

    mean_faces: NDArray[np.float32]
    mean_maps: NDArray[np.float32]
    n: NDArray[np.int64]
    n_empty: NDArray[np.int64]
    cells: NDArray[np.int64]


def write_mean_maps(path: Path, means: MeanMaps) -> None:
    """Write the maps as one npz file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez_compressed(
            file,
            emotions=np.array([emotion.value for emotion in EMOTIONS]),
            mean_faces=means.mean_faces,
            mean_maps=means.mean_maps,
            n=means.n,
            n_empty=means.n_empty,
            cells=means.cells,
        )
    partial.replace(path)


def read_mean_maps(path: Path) -> MeanMaps:
    """Return the maps that `write_mean_maps` wrote.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    with np.load(path, allow_pickle=False) as stored:
        return MeanMaps(
            mean_faces=stored["mean_faces"],
            mean_maps=stored["mean_maps"],
            n=stored["n"],
            n_empty=stored["n_empty"],
            cells=stored["cells"],
        )
