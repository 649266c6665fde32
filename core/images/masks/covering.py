"""Cover or cut off part of each face: what training, tests, saliency and previews all call."""

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, MissingLandmarksError
from core.images.faces import FaceSet
from core.images.masks.bands import kept_rows, mask_rows
from core.images.masks.controls import moved
from core.images.masks.families import CONTROLS, CROPS, needs_landmarks, subject
from core.images.masks.outlines import outlines
from core.images.masks.rastering import filled
from db.enums import Mask

MID_GREY = 128
"""The fill. FER2013's mean is 129: a covered part then carries neither light nor an edge of its
own where the face is of middling light, and a network that centres its input sees nothing there."""
FACES_AT_ONCE = 4096  # of 128 px they take 67 MB as a mask


def cover(
    pixels: NDArray[np.uint8],
    mask: Mask,
    landmarks: NDArray[np.float32] | None = None,
    *,
    ids: NDArray[np.int64] | None = None,
    seed: int = 0,
    fill: int = MID_GREY,
) -> NDArray[np.uint8]:
    """Return a copy of the faces with a mask's pixels set to one grey, or its rows cut off.

    Args:
        pixels: uint8, shape (n, side, side), 0 black to 255 white.
        mask: The part to cover; `Mask.NONE` leaves the copy as it is.
        landmarks: float32, shape (n, 68, 2), x and y as shares of the side, for masks that
            follow them.
        ids: int64, shape (n,). Image ids, for controls: the same face gets the same patch.
        seed: Another seed puts a control's patches elsewhere.
        fill: Grey of the covered pixels, 0..255.

    Returns:
        uint8, shape (n, side, side); for crops (n, `len(kept_rows(mask, side))`, side).

    Raises:
        MissingLandmarksError: If the mask follows landmarks and there are none.
        ConfigError: If the mask is `random`, which covers no part of its own.
    """
    side = pixels.shape[2]
    if mask in CROPS:
        return np.ascontiguousarray(pixels[:, kept_rows(mask, side)])
    covered = np.array(pixels, dtype=np.uint8)  # a memory-mapped array becomes a plain one
    for start in range(0, len(pixels), FACES_AT_ONCE):
        part = slice(start, start + FACES_AT_ONCE)
        points = None if landmarks is None else landmarks[part]
        numbers = None if ids is None else ids[part]
        hidden = mask_array(mask, side, points, ids=numbers, seed=seed)
        np.copyto(covered[part], np.uint8(fill), where=hidden)
    return covered


def cover_faces(faces: FaceSet, mask: Mask) -> NDArray[np.uint8]:
    """Return the pixels of faces under a mask, as `cover` does; the set itself is left alone."""
    return cover(faces.pixels, mask, faces.landmarks, ids=faces.image_ids)


def mask_array(
    mask: Mask,
    side: int,
    landmarks: NDArray[np.float32] | None = None,
    *,
    ids: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> NDArray[np.bool_]:
    """Return which pixels a mask covers; for crops, which it removes.

    Returns:
        bool, shape (n, side, side); (1, side, side) where it is the same for all faces.

    Raises:
        MissingLandmarksError: If the mask follows landmarks and there are none.
        ConfigError: If the mask is `random`, which covers no part of its own.
        ValueError: If it is a control and no ids say which faces these are.
    """
    if mask is Mask.RANDOM:
        raise ConfigError("random masks are for training only; name the mask to test with.")
    if needs_landmarks(mask) and landmarks is None:
        raise MissingLandmarksError(mask)
    if mask in CONTROLS:
        if ids is None:
            raise ValueError(f"{mask} needs the ids of the faces")
        return moved(mask_array(subject(mask), side, landmarks), ids, seed=seed)
    if landmarks is not None and needs_landmarks(mask):
        return filled(outlines(mask, landmarks), side)
    hidden = np.zeros((1, side, side), dtype=np.bool_)
    rows = mask_rows(mask, side)
    if rows is not None:
        hidden[:, rows] = True
    return hidden


def restored(
    values: NDArray[np.float32], mask: Mask, side: int, *, fill: float = 0.0
) -> NDArray[np.float32]:
    """Return pictures with the rows that a crop cut off put back, filled; else as they are.

    Args:
        values: float32, shape (n, rows, side): maps or faces as a network saw them.
        mask: What was covered or cut off.
        side: Rows of the whole picture.
        fill: What stands in the rows put back.
    """
    if mask not in CROPS:
        return values
    kept = kept_rows(mask, side)
    # A network's rows can be one more or fewer where the side is no multiple of 4.
    nearest = ((np.arange(len(kept)) + 0.5) * values.shape[1] / len(kept)).astype(np.int64)
    whole = np.full((len(values), side, values.shape[2]), fill, dtype=np.float32)
    whole[:, kept] = values[:, nearest]
    return whole
