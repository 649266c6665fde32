"""Cover part of a face: the study's row bands, scaled to any image size."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from db.enums import Mask

STUDY_SIDE_PX = 128
STUDY_ROWS: Mapping[Mask, tuple[int, int]] = {
    Mask.FOREHEAD: (0, 32),
    Mask.EYES: (32, 64),
    Mask.MOUTH: (64, 128),
}
MID_GREY = (
    128  # FER2013's mean is 129: a covered band then carries neither light nor edge of its own
)


def mask_rows(mask: Mask, side: int) -> slice | None:
    """Return the rows that a mask covers in an image of `side` rows, or None if it covers none.

    The bands are the study's on 128 rows (forehead 0-31, eyes 32-63, nose and mouth 64-127), each
    border scaled and rounded to the nearest row, so that the three bands always tile the image.
    """
    if mask not in STUDY_ROWS:
        return None
    first, end = (round(border * side / STUDY_SIDE_PX) for border in STUDY_ROWS[mask])
    return slice(first, end)


def cover(pixels: NDArray[np.uint8], mask: Mask, fill: int = MID_GREY) -> NDArray[np.uint8]:
    """Return a copy of the faces with a mask's rows set to one grey.

    Args:
        pixels: uint8, shape (n, side, side), 0 black to 255 white.
        mask: The part to cover; `Mask.NONE` leaves the copy as it is.
        fill: Grey of the covered rows, 0..255.
    """
    covered = pixels.copy()
    rows = mask_rows(mask, pixels.shape[1])
    if rows is not None:
        covered[:, rows] = fill
    return covered
