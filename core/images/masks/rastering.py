"""Which pixels the outlines of a face part cover."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.images.masks.outlines import Outline

_BITS = 6  # corners are placed to 1/64 of a pixel


def filled(parts: Sequence[Outline], side: int) -> NDArray[np.bool_]:
    """Return the pixels that any of each face's outlines holds or touches, hard-edged.

    Args:
        parts: At least one, for the same n faces; corners may lie outside the picture.
        side: Rows and columns of the picture.

    Returns:
        bool, shape (n, side, side).
    """
    painted = np.zeros((len(parts[0].corners), side, side), dtype=np.uint8)
    for part in parts:
        fixed = np.round((part.corners * side - 0.5) * 2**_BITS).astype(np.int32)
        for picture, corners in zip(painted, fixed, strict=True):
            outline = cv2.convexHull(corners) if part.is_hull else corners
            cv2.fillPoly(picture, [outline], color=(1,), shift=_BITS)
    return painted.view(np.bool_)
