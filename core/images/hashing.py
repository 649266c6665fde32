"""Hashes of images: exact over bytes and pixels, and a perceptual one for look-alikes."""

import hashlib
import struct
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

GRID = 32
LOW_FREQUENCIES = 8
# Coefficients of a flat image are 0 but for rounding errors around 1e-10; without cutting these
# off, the hash of a blank image would be noise.
DECIMALS = 4


def file_sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def pixel_sha256(pixels: NDArray[np.uint8]) -> str:
    """Return the SHA-256 of an image's height, width and uint8 pixels, 64 hexadecimal digits."""
    return hashlib.sha256(struct.pack("<II", *pixels.shape) + pixels.tobytes()).hexdigest()


def low_frequencies(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the 8 x 8 lowest DCT frequencies of an image averaged to 32 x 32, as float64.

    They are all that a perceptual hash needs of an image, so that no pixels have to be kept.
    """
    height, width = pixels.shape
    return _transform(height) @ pixels.astype(np.float64) @ _transform(width).T


def mirrored(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what `low_frequencies` gives for the image seen in a mirror, without its pixels.

    Cosines of odd horizontal frequency are odd about the middle, so exactly these change sign.
    """
    signs = np.where(np.arange(LOW_FREQUENCIES) % 2 == 0, 1.0, -1.0)
    return frequencies * signs


def perceptual_hashes(frequencies: Sequence[NDArray[np.float64]]) -> NDArray[np.int64]:
    """Return the 64-bit DCT hash (pHash) of each image; look-alikes differ in few bits.

    A bit is set where a frequency is above the median of its image, the mean brightness first and
    row by row from there.

    Args:
        frequencies: float64, shape (8, 8) for each image, from `low_frequencies`.

    Returns:
        int64, shape (n_images,): the 64 bits read as a signed number, as databases store them.
    """
    coefficients = np.reshape(frequencies, (-1, LOW_FREQUENCIES**2)).round(DECIMALS)
    bits = coefficients > np.median(coefficients, axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(">i8").astype(np.int64)[:, 0]


@lru_cache(maxsize=64)
def _transform(side: int) -> NDArray[np.float64]:
    """Return float64, shape (8, side): averaging to 32 samples, then the lowest DCT-II terms."""
    frequencies = np.arange(LOW_FREQUENCIES)[:, None]
    cosines = np.cos(np.pi * frequencies * (2 * np.arange(GRID) + 1) / (2 * GRID))
    return cosines @ _averaging(side)


def _averaging(side: int) -> NDArray[np.float64]:
    """Return float64, shape (32, side): the share of each of `side` pixels in each of 32 cells."""
    edges = np.arange(GRID + 1)[:, None] * side / GRID
    covered = np.clip(edges - np.arange(side), 0, 1)  # of each pixel, left of each edge
    return np.diff(covered, axis=0) * GRID / side
