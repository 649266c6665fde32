"""Where people need to look: the tile experiment of Wegrzyn et al. 2017.

94 people saw faces (one woman, one man; seven expressions) covered by 48 tiles that opened one by
one in random order, until they knew the expression. A tile weighs the mean of 1 - k/16 over right
answers given after k tiles, for k up to 16, of which it was one; weights are z-scored over tiles.

`wegrzyn2017_tiles.csv` has the mean of both faces, computed from the participants' log files in
github.com/mwegrzyn/mappingTheEmotionalFace (commit 2e64264), which its readme puts in the public
domain; no picture of a face is among them. `wegrzyn2017_ceiling.csv` has the correlation over
tiles of the weights for the woman's face with those for the man's, from the same files.
"""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.maps.canonical import soften
from core.maps.human import HumanMaps, read_only
from core.maps.run_maps import MAP_SIDE
from core.maps.tile_grid import COLUMNS, ROWS, painted
from db.enums import EMOTIONS, Emotion

TILES_PATH = Path(__file__).with_name("wegrzyn2017_tiles.csv")
CEILING_PATH = Path(__file__).with_name("wegrzyn2017_ceiling.csv")


def tile_weights() -> dict[Emotion, NDArray[np.float64]]:
    """Return each emotion's tile weights as measured: float64, shape (8, 6), z-scored."""
    weights = {emotion: np.full((ROWS, COLUMNS), np.nan) for emotion in EMOTIONS}
    for row in _rows(TILES_PATH):
        cells = [float(row[f"c{column}"]) for column in range(COLUMNS)]
        weights[Emotion(row["emotion"])][int(row["row"])] = cells
    return weights


@cache
def wegrzyn2017() -> HumanMaps:
    """Return the measured maps: tile weights on the canonical face, softened."""
    return HumanMaps(
        key="wegrzyn2017",
        title="Tiles people needed (Wegrzyn 2017)",
        source=(
            "Measured: Wegrzyn, Vogt, Kireclioglu, Schneider & Kissler 2017, PLoS ONE "
            "12:e0177239. 94 people recognised faces whose 48 tiles opened one by one; a tile "
            "weighs more the sooner its opening led to the right answer (z-scored)."
        ),
        licence=(
            "Public domain: averages of the participants' log files, which the authors published "
            "under a public domain licence."
        ),
        limits=(
            "48 tiles, each about 6 pixels wide on these maps, and two faces (one woman, one man) "
            "posing each expression. The grid is placed by its eyes and mouth; beside it nothing "
            "was measured and the nearest tile goes on. Emotions share much of their maps: see "
            "the scores with the mean over emotions removed."
        ),
        maps={
            emotion: read_only(soften(painted(weights, MAP_SIDE)))
            for emotion, weights in tile_weights().items()
        },
        ceiling={Emotion(row["emotion"]): float(row["correlation"]) for row in _rows(CEILING_PATH)},
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="") as file:
        yield from csv.DictReader(file)
