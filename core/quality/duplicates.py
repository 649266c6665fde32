"""Groups of images with identical pixels, and what they leak between splits."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from db.enums import Split


def exact_groups(pixel_hashes: Sequence[str]) -> list[list[int]]:
    """Find the images whose decoded pixels are the same.

    Args:
        pixel_hashes: One hash per image.

    Returns:
        Groups of two or more indices, each ascending, ordered by their first index. Empty when
        all images differ.
    """
    members: dict[str, list[int]] = {}
    for index, pixel_hash in enumerate(pixel_hashes):
        members.setdefault(pixel_hash, []).append(index)
    return [group for group in members.values() if len(group) > 1]


def leaking(groups: Sequence[Sequence[int]], splits: Sequence[Split]) -> NDArray[np.bool_]:
    """Return which images give another split away.

    Args:
        groups: Groups of images with the same pixels, as indices.
        splits: The split of each image.

    Returns:
        bool, shape (n_images,). True for a validation or test image with a twin in training, and
        for a training image with a twin in any other split.
    """
    leaks = np.zeros(len(splits), dtype=np.bool_)
    for group in groups:
        is_train = [splits[index] is Split.TRAIN for index in group]
        if any(is_train) and not all(is_train):
            leaks[list(group)] = True
    return leaks
