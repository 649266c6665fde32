"""Saliency maps of a run on the canonical face, as the run's folder keeps them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.maps.archives import read_arrays, write_arrays

MAP_SIDE = 48  # FER2013's own resolution; what networks see at 128 px is enlarged from it


@dataclass(frozen=True, kw_only=True)
class RunMaps:
    """Maps of one run by one method, one row an image, all on the canonical face.

    A map is a density: 1 is what chance would give every place, so that the mean over an area says
    how many times as much the network looks there. Every map has mean 1, so that every image
    counts the same, or is 0 everywhere where nothing in the face spoke for the emotion.

    Attributes:
        image_ids: int64, shape (n,). The ids in the workspace.
        labels: int64, shape (n,). The emotion explained: index into `db.enums.EMOTIONS`.
        predicted: int64, shape (n,). What the run takes the face for under its own mask.
        is_detected: bool, shape (n,). Whether the landmarks that aligned the face were detected;
            it was otherwise aligned by the template.
        faces: uint8, shape (n, 48, 48). The faces as the network saw them, aligned; 0 black.
        maps: float16, shape (n, 48, 48), >= 0. What the trained network looks at.
        untrained: float16, shape (n, 48, 48), >= 0. The same of a network with random weights.
        cells: int64, shape (2,). Rows and columns that the method's map has before it is enlarged.
    """

    image_ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    is_detected: NDArray[np.bool_]
    faces: NDArray[np.uint8]
    maps: NDArray[np.float16]
    untrained: NDArray[np.float16]
    cells: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)


def write_run_maps(path: Path, maps: RunMaps) -> None:
    """Write the maps as one npz file, whole or not at all."""
    write_arrays(path, maps)


def read_run_maps(path: Path) -> RunMaps:
    """Return the maps that `write_run_maps` wrote.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    return read_arrays(path, RunMaps)
