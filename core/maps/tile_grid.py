"""Where the tiles of the human experiment lie on the canonical face: the one place that says so.

Wegrzyn, Vogt, Kireclioglu, Schneider & Kissler 2017 (PLoS ONE 12:e0177239) covered faces with 48
tiles, 8 rows of 6. In their pictures the eyes are centred in the third row (2.5 of 8 from the top)
and 2.85 columns apart, and the mouth fills the sixth and seventh rows, so its middle is 6 rows
down. Eyes and mouth of the canonical face put the grid in its place; the last row reaches below
the crop, as the chin does.
"""

import numpy as np
from numpy.typing import NDArray

from core.maps.canonical import landmarks

ROWS, COLUMNS = 8, 6
EYE_ROW, MOUTH_ROW = 2.5, 6.0
COLUMNS_BETWEEN_EYES = 2.85


def row_edges() -> NDArray[np.float64]:
    """Return the upper edge of each row of tiles and the lower one of the last.

    Returns:
        float64, shape (9,), rising: y as shares of the crop's side, the last one above 1.
    """
    points = landmarks()
    eyes, mouth = points[36:48, 1].mean(), points[48:60, 1].mean()
    height = (mouth - eyes) / (MOUTH_ROW - EYE_ROW)
    return np.asarray(eyes + (np.arange(ROWS + 1) - EYE_ROW) * height, dtype=np.float64)


def column_edges() -> NDArray[np.float64]:
    """Return the left edge of each column of tiles and the right one of the last.

    Returns:
        float64, shape (7,), rising: x as shares of the crop's side, symmetric about 0.5.
    """
    points = landmarks()
    left, right = points[36:42, 0].mean(), points[42:48, 0].mean()
    width = (right - left) / COLUMNS_BETWEEN_EYES
    middle = (left + right) / 2
    return np.asarray(middle + (np.arange(COLUMNS + 1) - COLUMNS / 2) * width, dtype=np.float64)


def tile_at(points: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the tile that holds each point of the canonical face.

    Args:
        points: Float, shape (..., 2): x and y as shares of the crop's side.

    Returns:
        int64, shape (...): row * 6 + column of the tile, -1 beside the grid. (The study's own
        files number by columns: column * 8 + row.)
    """
    column = np.searchsorted(column_edges(), points[..., 0], side="right") - 1
    row = np.searchsorted(row_edges(), points[..., 1], side="right") - 1
    is_on_grid = (row >= 0) & (row < ROWS) & (column >= 0) & (column < COLUMNS)
    return np.where(is_on_grid, row * COLUMNS + column, -1).astype(np.int64)


def tile_of(side: int) -> NDArray[np.int64]:
    """Return the tile that the middle of each pixel lies in, on a picture of the canonical face.

    Returns:
        int64, shape (side, side), as `tile_at`.
    """
    centres = (np.arange(side) + 0.5) / side
    return tile_at(np.stack(np.meshgrid(centres, centres), axis=-1))


def painted(weights: NDArray[np.floating], side: int) -> NDArray[np.float64]:
    """Return tiles' weights on a picture of the canonical face.

    Args:
        weights: Float, shape (8, 6), of the tiles.
        side: Rows and columns of the picture.

    Returns:
        float64, shape (side, side). A pixel that tiles share has their mean, weighted by what each
        has of it; beside the grid, where nothing was measured, the nearest tile goes on.
    """
    down, across = _shares(row_edges(), side), _shares(column_edges(), side)
    return np.asarray(down @ weights.astype(np.float64) @ across.T, dtype=np.float64)


def _shares(edges: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Return what each band has of each pixel: float64, shape (side, n_bands), rows sum to 1."""
    inner = edges[1:-1] * side
    starts = np.concatenate([[-np.inf], inner])
    ends = np.concatenate([inner, [np.inf]])
    pixels = np.arange(side)[:, None]
    shared = np.minimum(ends, pixels + 1) - np.maximum(starts, pixels)
    return np.asarray(np.clip(shared, 0.0, 1.0), dtype=np.float64)
