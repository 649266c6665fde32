"""The tile task of a run: keep its trials, and set the tiles a network needs beside people's."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import NotReadyError
from core.maps.measured import tile_weights, wegrzyn2017
from core.maps.tile_trials import RunTiles, TileTrials, read_run_tiles, write_run_tiles
from core.metrics.saliency import correlation
from core.services.experiments import find_run
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion

TILES_NAME = "tiles.npz"


@dataclass(frozen=True, kw_only=True)
class EmotionTiles:
    """The tiles that an emotion needs.

    Attributes:
        emotion: The emotion that the faces are labeled with.
        weights: float64, shape (8, 6), 0..15/16. The network's; see `TileTrials.mean`.
        people: float64, shape (8, 6). Those of Wegrzyn et al. 2017, z-scored.
        n_images: Images that were played.
        n_trials: Trials of them.
        n_counted: Trials in which the network was right and sure with at most 16 open tiles.
        correlation: Of the network's tiles with people's, over all 48, -1..1; z-scoring changes
            nothing in it. None where no trial counts.
        untrained: The same of the network with random weights.
    """

    emotion: Emotion
    weights: NDArray[np.float64]
    people: NDArray[np.float64]
    n_images: int
    n_trials: int
    n_counted: int
    correlation: float | None
    untrained: float | None


def tile_results(workspace: Workspace, run_id: int) -> list[EmotionTiles]:
    """Return the tiles of a run for each emotion, in their usual order.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the run was not given the tile task yet.
    """
    found, people = run_tiles(workspace, run_id), tile_weights()
    return [_of_emotion(found, emotion, people[emotion]) for emotion in EMOTIONS]


def result_document(workspace: Workspace, run_id: int) -> dict[str, Any]:
    """Return what `feelingit tiles --json` prints; what is undefined is None.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the run was not given the tile task yet.
    """
    return {
        "run": run_id,
        "source": wegrzyn2017().source,
        "emotions": {
            one.emotion.value: {
                "n_images": one.n_images,
                "n_trials": one.n_trials,
                "n_counted": one.n_counted,
                "counted_share": one.n_counted / one.n_trials if one.n_trials else None,
                "correlation": one.correlation,
                "untrained": one.untrained,
                "weights": np.round(one.weights, 5).tolist(),
                "people": one.people.tolist(),
            }
            for one in tile_results(workspace, run_id)
        },
    }


def run_tiles(workspace: Workspace, run_id: int) -> RunTiles:
    """Return the trials of a run.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the run was not given the tile task yet.
    """
    find_run(workspace, run_id)
    try:
        return read_run_tiles(tiles_path(workspace, run_id))
    except FileNotFoundError:
        raise NotReadyError(
            f"Run {run_id} was not given the tile task yet; do so with "
            f"`feelingit saliency {run_id} --method tiles`."
        ) from None


def tiles_path(workspace: Workspace, run_id: int) -> Path:
    """Return the file of a run's trials, there or not."""
    return workspace.run_dir(run_id) / TILES_NAME


def record_run_tiles(workspace: Workspace, run_id: int, tiles: RunTiles) -> None:
    """Store the trials of a run in its folder, replacing earlier ones."""
    write_run_tiles(tiles_path(workspace, run_id), tiles)


def _of_emotion(found: RunTiles, emotion: Emotion, people: NDArray[np.float64]) -> EmotionTiles:
    chosen = found.labels == EMOTIONS.index(emotion)
    n_images = int(chosen.sum())
    return EmotionTiles(
        emotion=emotion,
        weights=found.trained.mean(chosen),
        people=people,
        n_images=n_images,
        n_trials=n_images * int(found.n_trials),
        n_counted=int(found.n_counted[chosen].sum()),
        correlation=_likeness(found.trained, chosen, people),
        untrained=_likeness(found.untrained, chosen, people),
    )


def _likeness(
    trials: TileTrials, chosen: NDArray[np.bool_], people: NDArray[np.float64]
) -> float | None:
    found = correlation(trials.mean(chosen), people)
    return None if math.isnan(found) else found
