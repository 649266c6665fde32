"""Where the canonical face lies on each face: the way back from `core.maps.alignment`.

One affine map a face, the best fit of the landmarks of eyes and mouth: what is drawn on the
canonical face keeps its straight lines on every face.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.images.faces import FaceSet
from core.images.landmarks import template
from core.maps.canonical import landmarks as canonical_landmarks

EYES_AND_MOUTH = slice(36, 68)


def canonical_places(faces: FaceSet, side: int) -> NDArray[np.float64]:
    """Return where on the canonical face the middle of each pixel of each face lies.

    A face that was not detected lies as the canonical one does, which is at least where faces are
    on average.

    Returns:
        float64, shape (n, side, side, 2): x and y as shares of the crop's side.
    """
    points = np.repeat(template()[None], len(faces), axis=0)
    if faces.landmarks is not None:
        found = faces.landmarks_found
        detected = np.ones(len(faces), dtype=np.bool_) if found is None else found
        points[detected] = faces.landmarks[detected]
    chosen = points[:, EYES_AND_MOUTH]
    fits = np.linalg.pinv(_with_one(chosen)) @ canonical_landmarks()[EYES_AND_MOUTH]
    middles = (np.arange(side) + 0.5) / side
    pixels = _with_one(np.stack(np.meshgrid(middles, middles), axis=-1))
    return np.asarray(np.tensordot(pixels, fits, axes=([2], [1])).transpose(2, 0, 1, 3))


def placed(drawn: NDArray[np.floating], places: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return what is drawn on the canonical face as it lies on each face, its edges going on.

    Args:
        drawn: Float, shape (n, m, m), over the whole crop; one picture a face.
        places: Of the same n faces, from `canonical_places`.

    Returns:
        float32, shape (n, side, side).
    """
    pixels = (places * drawn.shape[1] - 0.5).astype(np.float32)
    found = np.empty(places.shape[:3], dtype=np.float32)
    for picture, at, target in zip(drawn.astype(np.float32), pixels, found, strict=True):
        cv2.remap(picture, at, np.empty(0), cv2.INTER_LINEAR, target, cv2.BORDER_REPLICATE)
    return found


def _with_one(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points (..., 2) with a 1 beside x and y: float64, shape (..., 3)."""
    return np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1)
