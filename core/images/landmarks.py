"""Where 68 landmarks lie in a face: the mean template, and how landmarks are kept.

Points are in the order of iBUG 300-W and are x (to the right) and y (down) as shares of the
picture's width and height; they may lie outside of it.

`landmarks68.csv` was measured on real faces; it holds mean points only. dlib 20.0's frontal
detector and 68-point predictor (iBUG 300-W order) ran on the first 400 FER2013 Training faces of
each emotion (2,800), enlarged from 48 to 128 px (bicubic) with a 25 % replicated border and a
detection threshold of -0.5. Faces were found in 2,536; the 1,277 near-frontal ones (frontal
sub-detector, roll within 10 degrees, nose tip within 12 % of the eye distance from the middle) were
averaged per emotion, the seven means averaged with equal weight, and the result made symmetric by
averaging it with its mirror image (which moved no point by more than 1 % of the crop).

The crop cuts the chin off: points 6 to 10 lie at or below its lower edge.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TEMPLATE_PATH = Path(__file__).with_name("landmarks68.csv")
N_POINTS = 68


class Located(NamedTuple):
    """The landmarks of one picture: float32, shape (68, 2), and whether a face was detected."""

    points: NDArray[np.float32]
    is_detected: bool


@cache
def template() -> NDArray[np.float64]:
    """Return the mean landmarks: float64, shape (68, 2), read-only.

    (0, 0) is the upper left corner of the crop and (1, 1) the lower right one; three chin points
    have y above 1. The face is exactly symmetric about x = 0.5.
    """
    with TEMPLATE_PATH.open(newline="") as file:
        rows = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]
    points = np.array(rows, dtype=np.float64)
    points.flags.writeable = False
    return points


def stand_in() -> Located:
    """Return the template in place of the landmarks of a face that no detector looked at."""
    return Located(template().astype(np.float32), is_detected=False)


def packed(points: NDArray[np.float32]) -> bytes:
    """Return landmarks as they are stored: 68 pairs of little-endian 32-bit floats."""
    return points.astype("<f4").tobytes()


def unpacked(stored: bytes) -> NDArray[np.float32]:
    """Return what `packed` took, for any number of faces: float32, shape (n, 68, 2)."""
    return np.frombuffer(stored, dtype="<f4").reshape(-1, N_POINTS, 2).astype(np.float32)
