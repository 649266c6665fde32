"""Pictures of a data set, each the images with the same pixels, and the pairs that are alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.quality.near_duplicates import NearPairs


@dataclass(frozen=True)
class Alike:
    """Pictures of a data set, dropped images included, and which are alike.

    Attributes:
        image_ids: int64, shape (n_images,), ascending.
        pictures: int64, shape (n_images,). The picture of each image.
        pixels: bytes of 64 hexadecimal digits, shape (n_pictures,). The hash of its pixels.
        pairs: Pairs of pictures, ordered by the first, then the second.
        reach: The distance up to which every pair is there.
    """

    image_ids: NDArray[np.int64]
    pictures: NDArray[np.int64]
    pixels: NDArray[np.bytes_]
    pairs: NearPairs
    reach: int


class KeptImages:
    """The kept images of each picture; `counts` is int64, shape (n_pictures,)."""

    def __init__(self, known: Alike, kept_ids: Sequence[int]) -> None:
        places = np.flatnonzero(np.isin(known.image_ids, np.array(kept_ids, dtype=np.int64)))
        places = places[np.argsort(known.pictures[places], kind="stable")]
        self._ids = known.image_ids[places]
        self.counts = np.bincount(known.pictures[places], minlength=len(known.pixels))
        self._ends = np.cumsum(self.counts)

    def of(self, picture: int) -> list[int]:
        """Return the ids of a picture's kept images, ascending."""
        end = self._ends[picture]
        ids: list[int] = self._ids[end - self.counts[picture] : end].tolist()
        return ids
