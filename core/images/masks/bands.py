"""The study's row bands, scaled to any image size: covered, or cut off."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.images.masks.families import BANDS, CROPS
from db.enums import Mask

STUDY_SIDE_PX = 128
STUDY_ROWS: Mapping[Mask, tuple[int, int]] = {
    Mask.FOREHEAD: (0, 32),
    Mask.EYES: (32, 64),
    Mask.MOUTH: (64, 128),
}
_BAND_OF = dict(zip(CROPS, BANDS, strict=True))


def mask_rows(mask: Mask, side: int) -> slice | None:
    """Return the rows that a mask covers or cuts off in an image of `side` rows, None without any.

    The bands are the study's on 128 rows (forehead 0-31, eyes 32-63, nose and mouth 64-127), each
    border scaled and rounded to the nearest row, so that the three bands always tile the image.
    """
    band = _BAND_OF.get(mask, mask)
    if band not in STUDY_ROWS:
        return None
    first, end = (round(border * side / STUDY_SIDE_PX) for border in STUDY_ROWS[band])
    return slice(first, end)


def kept_rows(mask: Mask, side: int) -> NDArray[np.int64]:
    """Return the rows that a mask leaves in the picture: int64, ascending; all but for crops.

    Of 128 rows: 32-127 without the forehead, 0-31 and 64-127 joined without the eyes, 0-63
    without nose and mouth.
    """
    rows = np.arange(side, dtype=np.int64)
    removed = mask_rows(mask, side) if mask in CROPS else None
    return rows if removed is None else np.delete(rows, removed)
