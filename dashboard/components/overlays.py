"""Maps drawn over faces: inferno over grey, the hotter the less of the face shows through."""

import cv2
import numpy as np
from numpy.typing import NDArray

_UPSCALE_TO_PX = 288
_MOST_COVER = 0.78  # of the hottest place; some of the face stays visible under it


def grey_png(face: NDArray[np.floating]) -> bytes:
    """Return a face as a PNG file, smoothly enlarged.

    Args:
        face: shape (side, side), 0 black to 255 white.
    """
    return _png(_enlarged(face).clip(0, 255).astype(np.uint8))


def overlay_png(face: NDArray[np.floating], heat: NDArray[np.floating]) -> bytes:
    """Return a map over a face as a PNG file, both smoothly enlarged.

    Args:
        face: shape (side, side), 0 black to 255 white.
        heat: shape (side, side), >= 0. Its own largest value is the hottest colour.
    """
    grey = _enlarged(face).clip(0, 255)
    large = _enlarged(heat).clip(0, None)
    share = large / large.max() if large.max() > 0 else large
    colours = cv2.applyColorMap((255 * share).astype(np.uint8), cv2.COLORMAP_INFERNO)
    cover = (_MOST_COVER * np.sqrt(share))[..., np.newaxis]
    mixed = (1 - cover) * grey[..., np.newaxis] + cover * colours
    return _png(mixed.astype(np.uint8))


def _enlarged(values: NDArray[np.floating]) -> NDArray[np.float64]:
    side = values.shape[0] * max(1, _UPSCALE_TO_PX // values.shape[0])
    wide = cv2.resize(values.astype(np.float64), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(wide, dtype=np.float64)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Return grey (height, width) or BGR (height, width, 3) pixels as a PNG file."""
    return cv2.imencode(".png", pixels)[1].tobytes()
