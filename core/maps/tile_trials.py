"""What came of the tile task, image by image: how much each tile helps, as a run keeps it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.maps.archives import read_arrays, write_arrays

MOST_TILES = 16  # Wegrzyn et al. 2017: longer trials, a quarter of theirs, say little


@dataclass(frozen=True, kw_only=True)
class TileTrials:
    """The trials of some images, one row an image.

    A trial counts where the observer was right and sure with at most 16 open tiles; others are
    left out, as in the study.

    Attributes:
        weights: float32, shape (n, 8, 6), 0..15/16. The mean over an image's counted trials of
            1 - n/16, n the open tiles, in each tile that was open and of 0 in those that were not.
            All 0 where none counts.
        n_counted: int64, shape (n,). The image's counted trials.
    """

    weights: NDArray[np.float32]
    n_counted: NDArray[np.int64]

    def mean(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the mean weights over all counted trials of some images.

        The study's unit: people's maps are the same mean, over their trials. (They are z-scored
        where they are compared.)

        Args:
            chosen: bool, shape (n,). Which images.

        Returns:
            float64, shape (8, 6), 0..15/16; all 0 where no trial counts.
        """
        counts = self.n_counted[chosen]
        total = np.tensordot(counts.astype(np.float64), self.weights[chosen], axes=1)
        return np.asarray(total / max(1, int(counts.sum())), dtype=np.float64)


def weights_of(
    is_open: NDArray[np.bool_], n_open: NDArray[np.int64], is_counted: NDArray[np.bool_]
) -> TileTrials:
    """Return what trials say of each image's tiles.

    Args:
        is_open: bool, shape (n, n_trials, 8, 6). Which tiles were open when a trial ended.
        n_open: int64, shape (n, n_trials). How many, those of no picture included.
        is_counted: bool, shape (n, n_trials). Whether the observer was right and sure by then;
            trials with more than 16 open tiles are left out in any case.
    """
    counts = is_counted & (n_open <= MOST_TILES)
    worth = np.where(counts, 1 - n_open / MOST_TILES, 0.0)
    n_counted = counts.sum(axis=1)
    sums = (worth[:, :, None, None] * is_open).sum(axis=1)
    means = sums / np.maximum(n_counted, 1)[:, None, None]
    return TileTrials(weights=means.astype(np.float32), n_counted=n_counted.astype(np.int64))


@dataclass(frozen=True, kw_only=True)
class RunTiles:
    """The tile task of a run and of the same network with random weights, one row an image.

    Attributes:
        image_ids: int64, shape (n,). The ids in the workspace.
        labels: int64, shape (n,). Index into `db.enums.EMOTIONS`.
        n_trials: int64, shape (). Trials of each image.
        weights: float32, shape (n, 8, 6); see `TileTrials`.
        n_counted: int64, shape (n,).
        untrained_weights: float32, shape (n, 8, 6). The same of the network with random weights.
        untrained_n_counted: int64, shape (n,).
    """

    image_ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    n_trials: NDArray[np.int64]
    weights: NDArray[np.float32]
    n_counted: NDArray[np.int64]
    untrained_weights: NDArray[np.float32]
    untrained_n_counted: NDArray[np.int64]

    @property
    def trained(self) -> TileTrials:
        """The trials of the trained network."""
        return TileTrials(weights=self.weights, n_counted=self.n_counted)

    @property
    def untrained(self) -> TileTrials:
        """The trials of the network with random weights."""
        return TileTrials(weights=self.untrained_weights, n_counted=self.untrained_n_counted)


def write_run_tiles(path: Path, tiles: RunTiles) -> None:
    """Write the trials as one npz file, whole or not at all."""
    write_arrays(path, tiles)


def read_run_tiles(path: Path) -> RunTiles:
    """Return the trials that `write_run_tiles` wrote.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    return read_arrays(path, RunTiles)
