"""Maps in colour: amounts over a grey face in perceptually even scales, differences around 0."""

from enum import StrEnum
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # shape (height, width, 3), RGB

ZERO_STEP = 128
_STEPS_A_SIDE = 127


class ColourMap(StrEnum):
    """The scales of amounts: as even to the eye as to the ruler, in print without colour too."""

    INFERNO = "inferno"
    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    MAGMA = "magma"


_OPENCV = {
    ColourMap.INFERNO: cv2.COLORMAP_INFERNO,
    ColourMap.VIRIDIS: cv2.COLORMAP_VIRIDIS,
    ColourMap.CIVIDIS: cv2.COLORMAP_CIVIDIS,
    ColourMap.MAGMA: cv2.COLORMAP_MAGMA,
}

# ColorBrewer's PuOr of 11 colours (Brewer & Harrower), purple below 0: also told apart by readers
# who see no red or no green.
_PURPLE_TO_ORANGE = (
    *("2d004b", "542788", "8073ac", "b2abd2", "d8daeb"),
    "f7f7f7",
    *("fee0b6", "fdb863", "e08214", "b35806", "7f3b08"),
)


@cache
def amount_colours(name: ColourMap) -> NDArray[np.uint8]:
    """Return a scale's colours from its low end: uint8, shape (256, 3), RGB, read-only."""
    steps = np.arange(256, dtype=np.uint8)[np.newaxis]
    return _fixed(cv2.applyColorMap(steps, _OPENCV[name])[0, :, ::-1])


@cache
def difference_colours() -> NDArray[np.uint8]:
    """Return purple over white (step 128, no difference) to orange: uint8, shape (256, 3), RGB.

    Step 0 is not used, so that both sides have 127 steps. Read-only.
    """
    anchors = np.array([list(bytes.fromhex(colour)) for colour in _PURPLE_TO_ORANGE])
    places = np.linspace(-1, 1, len(anchors))
    share = (np.arange(256) - ZERO_STEP) / _STEPS_A_SIDE
    channels = [np.interp(share, places, anchors[:, channel]) for channel in range(3)]
    return _fixed(np.stack(channels, axis=1).round())


def amount_steps(heat: NDArray[np.floating], *, most: float) -> NDArray[np.uint8]:
    """Return the step 0..255 of each amount of a map; `most` and all beyond it have the last."""
    share = np.clip(heat / most, 0, 1) if most > 0 else np.zeros_like(heat)
    return np.asarray((255 * share).round(), dtype=np.uint8)


def difference_steps(difference: NDArray[np.floating], *, most: float) -> NDArray[np.uint8]:
    """Return the step 1..255 of each difference, 128 for none; `most` is the end of the scale."""
    share = np.clip(difference / most, -1, 1) if most > 0 else np.zeros_like(difference)
    return np.asarray((ZERO_STEP + _STEPS_A_SIDE * share).round(), dtype=np.uint8)


def cover_of(share: NDArray[np.floating], strength: float) -> NDArray[np.float64]:
    """Return how much of the face a map's colour hides, 0..1, where the map has a share 0..1.

    At strength 0 only the face is seen, at 1 only the map. Between them the hottest places hide
    most, so that what the map says nothing about stays visible.
    """
    return np.asarray(strength * np.power(np.clip(share, 0, 1), 2 - 2 * strength), dtype=np.float64)


def overlaid(
    face: NDArray[np.floating | np.uint8],
    heat: NDArray[np.floating],
    *,
    colours: ColourMap,
    strength: float,
    most: float,
    side_px: int,
) -> Picture:
    """Return a map over a face, both smoothly enlarged: uint8, shape (side_px, side_px, 3), RGB.

    Args:
        face: shape (side, side), 0 black to 255 white.
        heat: shape (side, side), >= 0.
        colours: The scale.
        strength: 0 shows the face alone, 1 the map alone.
        most: The amount that has the scale's last colour.
        side_px: How large.
    """
    steps = amount_steps(_enlarged(heat, side_px), most=most)
    return _mixed(face, amount_colours(colours)[steps], cover_of(steps / 255, strength))


def difference_overlaid(
    face: NDArray[np.floating | np.uint8],
    difference: NDArray[np.floating],
    *,
    strength: float,
    most: float,
    side_px: int,
) -> Picture:
    """Return a difference of maps evenly over a face, orange where the first map has more.

    Args:
        face: shape (side, side), 0 black to 255 white.
        difference: shape (side, side).
        strength: 0 shows the face alone, 1 the difference alone.
        most: The distance from 0 of the scale's ends.
        side_px: How large.
    """
    steps = difference_steps(_enlarged(difference, side_px), most=most)
    even = np.full(steps.shape, strength)  # less where the maps agree would draw a line there
    return _mixed(face, difference_colours()[steps], even)


def grey(face: NDArray[np.floating | np.uint8], *, side_px: int) -> Picture:
    """Return a face alone, smoothly enlarged: uint8, shape (side_px, side_px, 3), RGB."""
    one = _enlarged(face, side_px).clip(0, 255).round().astype(np.uint8)
    return np.repeat(one[..., np.newaxis], 3, axis=2)


def _mixed(
    face: NDArray[np.floating | np.uint8], colour: Picture, cover: NDArray[np.float64]
) -> Picture:
    beneath = grey(face, side_px=len(colour))
    share = cover[..., np.newaxis]
    return np.asarray(((1 - share) * beneath + share * colour).round(), dtype=np.uint8)


def _enlarged(values: NDArray[np.floating | np.uint8], side_px: int) -> NDArray[np.float64]:
    wide = cv2.resize(values.astype(np.float64), (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    return np.asarray(wide, dtype=np.float64)


def _fixed(colours: NDArray[np.generic]) -> NDArray[np.uint8]:
    kept = np.ascontiguousarray(colours, dtype=np.uint8)
    kept.flags.writeable = False
    return kept
