"""The canonical face: the mean landmarks of `core.images.landmarks`, as human maps use them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.images.landmarks import template

BLUR_SHARE = 0.035  # Gaussian sigma of every map, as a share of the face's width (3 to 4 %)

MIRROR = np.array(
    [
        *range(16, -1, -1),  # jaw
        *range(26, 16, -1),  # brows
        *(27, 28, 29, 30, 35, 34, 33, 32, 31),  # nose
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),  # eyes
        *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),  # outer lips
        *(64, 63, 62, 61, 60, 67, 66, 65),  # inner lips
    ],
    dtype=np.int64,
)
"""int64, shape (68,). The landmark that takes each landmark's place in the mirror."""


def landmarks() -> NDArray[np.float64]:
    """Return the canonical face's landmarks, which are the mean ones: float64, shape (68, 2)."""
    return template()


def mirrored(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return all 68 landmarks of the mirrored face: float64, shape (68, 2), in iBUG-68 order."""
    return np.column_stack([1.0 - points[MIRROR, 0], points[MIRROR, 1]])


def soften(drawn: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return a map blurred by 3.5 % of the face's width: float64, the same shape.

    Human maps are drawn with this softness; a network's map is compared with the same one, or the
    pixel grid that strides leave in gradients would count as disagreement.

    Args:
        drawn: Float, shape (side, side), over the whole crop.
    """
    face_width = float(landmarks()[16, 0] - landmarks()[0, 0])
    sigma_px = BLUR_SHARE * face_width * drawn.shape[0]
    soft = cv2.GaussianBlur(
        drawn.astype(np.float64), (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(soft, dtype=np.float64)
