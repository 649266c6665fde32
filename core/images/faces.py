"""A set of decoded faces: what training, evaluation and saliency work on."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 48, 128


@dataclass(frozen=True, kw_only=True)
class FaceSet:
    """Faces of a frozen version as arrays, one row a face, all in the same order.

    Attributes:
        image_ids: int64, shape (n,). The ids in the workspace.
        pixels: uint8, shape (n, side, side). Grey, 0 black to 255 white.
        labels: int64, shape (n,). Index into `db.enums.EMOTIONS`.
        splits: str, shape (n,). Values of `db.enums.Split`.
        groups: int64, shape (n,). Equal numbers mark pixel-identical faces.
        landmarks: float32, shape (n, 68, 2). x and y as shares of the side, in the order of iBUG
            300-W; None where they were not computed for all of these faces.
        landmarks_found: bool, shape (n,). Whether a detector found the face; its landmarks are
            otherwise a stand-in. None where `landmarks` is.
    """

    image_ids: NDArray[np.int64]
    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    splits: NDArray[np.str_]
    groups: NDArray[np.int64]
    landmarks: NDArray[np.float32] | None = None
    landmarks_found: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.labels)

    def at(self, indices: NDArray[np.int64]) -> "FaceSet":
        """Return the faces at these places, in this order, as a set of their own in memory."""
        return FaceSet(
            image_ids=self.image_ids[indices],
            pixels=np.asarray(self.pixels[indices]),
            labels=self.labels[indices],
            splits=self.splits[indices],
            groups=self.groups[indices],
            landmarks=None if self.landmarks is None else self.landmarks[indices],
            landmarks_found=None if self.landmarks_found is None else self.landmarks_found[indices],
        )


def unlabeled(pixels: NDArray[np.uint8]) -> FaceSet:
    """Return faces from outside of any data set: uint8, shape (n, side, side).

    They have the id 0, so that a control mask covers the same place in all of them, the first
    label, no split, and groups of their own.
    """
    n = len(pixels)
    return FaceSet(
        image_ids=np.zeros(n, dtype=np.int64),
        pixels=pixels,
        labels=np.zeros(n, dtype=np.int64),
        splits=np.full(n, "", dtype=np.str_),
        groups=np.arange(n, dtype=np.int64),
    )


def common_side(heights: NDArray[np.int64]) -> int:
    """Return the side that faces of these heights are kept at: the median, 48 to 128 px."""
    return int(np.clip(np.median(heights), SMALLEST_SIDE_PX, LARGEST_SIDE_PX))


def squared(face: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return a face as uint8, shape (side, side); unchanged where it has that shape."""
    if face.shape == (side, side):
        return face
    shrinks = face.shape[0] > side
    resized = cv2.resize(
        face, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    return np.asarray(resized, dtype=np.uint8)
