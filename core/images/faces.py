"""A set of decoded faces: what training, evaluation and saliency work on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class FaceSet:
    """Faces of a frozen version as arrays, one row a face, all in the same order.

    Attributes:
        image_ids: int64, shape (n,). The ids in the workspace.
        pixels: uint8, shape (n, side, side). Grey, 0 black to 255 white.
        labels: int64, shape (n,). Index into `db.enums.EMOTIONS`.
        splits: str, shape (n,). Values of `db.enums.Split`.
        groups: int64, shape (n,). Equal numbers mark pixel-identical faces.
    """

    image_ids: NDArray[np.int64]
    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    splits: NDArray[np.str_]
    groups: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.labels)
