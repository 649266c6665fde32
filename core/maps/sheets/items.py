"""What stands on a sheet and where, in millimetres from its upper left corner."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

INK = "#1B1F27"
QUIET_INK = "#5B6270"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Pixels, uint8, shape (rows, columns, 3), RGB, stretched over a rectangle."""

    x: float
    y: float
    width: float
    height: float
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Words:
    """One line of text; x and y are the baseline's start, middle or end, the size is in points."""

    x: float
    y: float
    text: str
    size_pt: float = 8
    anchor: Literal["start", "middle", "end"] = "start"
    colour: str = INK


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line through points (n, 2), `is_closed` back to the first; colour as #RRGGBB."""

    points: NDArray[np.float64]
    colour: str = INK
    width: float = 0.2
    is_closed: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A white sheet; later items lie over earlier ones."""

    width: float
    height: float
    items: tuple[Picture | Words | Line, ...]
    title: str
