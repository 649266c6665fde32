"""The canonical face: where 68 landmarks lie, on average, in a FER2013-style crop.

`landmarks68.csv` was measured on real faces; it holds mean points only. dlib 20.0's frontal
detector and 68-point predictor (iBUG 300-W order) ran on the first 400 FER2013 Training faces of
each emotion (2,800), enlarged from 48 to 128 px (bicubic) with a 25 % replicated border and a
detection threshold of -0.5. Faces were found in 2,536; the 1,277 near-frontal ones (frontal
sub-detector, roll within 10 degrees, nose tip within 12 % of the eye distance from the middle) were
averaged per emotion, the seven means averaged with equal weight, and the result made symmetric by
averaging it with its mirror image (which moved no point by more than 1 % of the crop).

The crop cuts the chin off: points 6 to 10 lie at or below its lower edge.
"""

import csv
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

LANDMARKS_PATH = Path(__file__).with_name("landmarks68.csv")
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


@cache
def landmarks() -> NDArray[np.float64]:
    """Return the canonical face's landmarks: float64, shape (68, 2), read-only.

    Rows are in iBUG-68 order, columns x (to the right) and y (down). (0, 0) is the upper left
    corner of the crop and (1, 1) the lower right one; three chin points have y above 1. The face
    is exactly symmetric about x = 0.5.
    """
    with LANDMARKS_PATH.open(newline="") as file:
        rows = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]
    points = np.array(rows, dtype=np.float64)
    points.flags.writeable = False
    return points


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
