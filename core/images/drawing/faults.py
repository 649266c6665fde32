"""The faults planted in drawn samples: how many, and what they do to the pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.images.drawing.canvas import FACE_SIDE_PX
from db.enums import Fault

# What FER2013 suffers from, in sizes that leave something to find in a few hundred faces.
SHARES = {
    Fault.WRONG_LABEL: 0.06,
    Fault.EXACT_COPY: 0.03,
    Fault.NEAR_COPY: 0.03,
    Fault.BLANK: 0.005,
}


def fault_counts(n_images: int) -> dict[Fault, int]:
    """Return how many images of a sample get each fault: its share, rounded, and at least one."""
    return {fault: max(1, int(share * n_images + 0.5)) for fault, share in SHARES.items()}


def blank(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a picture of nothing: one tone and a trace of noise, uint8, shape (48, 48)."""
    tone = rng.uniform(10, 245)
    grain = rng.normal(0, 0.8, (FACE_SIDE_PX, FACE_SIDE_PX))
    return np.round(tone + grain).clip(0, 255).astype(np.uint8)


def near_copy(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the same picture cropped, zoomed, mirrored or with other contrast, never identical.

    Args:
        pixels: uint8, shape (48, 48).
        rng: Chooses the change and its size.

    Returns:
        uint8, shape (48, 48).
    """
    change = (_crop, _zoom, _contrast, _flip)[int(rng.integers(4))]
    copy = change(pixels, rng)
    return _contrast(copy, rng) if np.array_equal(copy, pixels) else copy


def _crop(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a window of 43 to 46 pixels somewhere in the picture, enlarged."""
    side = int(rng.integers(43, 47))
    top, left = rng.integers(0, FACE_SIDE_PX - side + 1, 2)
    return _enlarged(pixels[top : top + side, left : left + side])


def _zoom(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the middle of the picture, 42 or 44 pixels of it, enlarged."""
    edge = int(rng.integers(2, 4))
    return _enlarged(pixels[edge:-edge, edge:-edge])


def _contrast(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the picture flatter and a little brighter or darker."""
    shift = rng.choice((-1, 1)) * rng.uniform(6, 20)
    toned = (pixels - 128.0) * rng.uniform(0.65, 0.9) + 128 + shift
    return np.asarray(np.round(toned).clip(0, 255), np.uint8)


def _flip(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the mirror image."""
    return np.ascontiguousarray(pixels[:, ::-1])


def _enlarged(window: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a window enlarged to the size of a face."""
    enlarged = cv2.resize(window, (FACE_SIDE_PX, FACE_SIDE_PX), interpolation=cv2.INTER_CUBIC)
    return enlarged.astype(np.uint8, copy=False)
