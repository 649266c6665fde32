"""What a run looks at beside where people's faces move: queue the maps, read and score them."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import NotReadyError
from core.maps.anatomy import du2014
from core.maps.canonical import soften
from core.maps.run_maps import RunMaps, read_run_maps, write_run_maps
from core.metrics.saliency import correlation, similarity
from core.services.experiments import find_run
from core.services.jobs import enqueue, unfinished
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, JobKind, JobStatus, SaliencyMethod
from db.rows import JobRow

IMAGES_PER_EMOTION = 128  # a mean map's noise falls with the root: 9 % of one image's spread


@dataclass(frozen=True, kw_only=True)
class EmotionSaliency:
    """One emotion's maps and how alike they are.

    Attributes:
        emotion: The emotion that the faces are labeled with.
        n: Images whose maps were averaged.
        n_empty: Images left out because nothing in them spoke for the emotion.
        mean_face: float32, shape (48, 48), 0 black to 255 white, its mask covered, on the canonical
            face as all of them are; black where there are no images.
        mean_map: float64, shape (48, 48), >= 0, sum 1; all 0 where n is 0. Softened as the human
            map is; the run's folder keeps each image's as computed.
        human_map: float64, shape (48, 48), >= 0, sum 1; None for neutral, which has none.
        correlation: -1..1, of the mean map with the human map; None where one is missing.
        similarity: 0..1, the same.
    """

    emotion: Emotion
    n: int
    n_empty: int
    mean_face: NDArray[np.float32]
    mean_map: NDArray[np.float64]
    human_map: NDArray[np.float64] | None
    correlation: float | None
    similarity: float | None


@dataclass(frozen=True, kw_only=True)
class SaliencyResult:
    """A run's maps for all emotions, in their usual order.

    Attributes:
        run_id: The run.
        method: How the network's maps were computed.
        cells: Rows and columns of the network's maps before they were enlarged.
        by_emotion: An entry for each emotion.
        mean_correlation: Mean over the emotions that have a correlation; None where none has.
    """

    run_id: int
    method: SaliencyMethod
    cells: tuple[int, int]
    by_emotion: dict[Emotion, EmotionSaliency]
    mean_correlation: float | None


def enqueue_saliency(
    workspace: Workspace, run_id: int, method: SaliencyMethod = SaliencyMethod.GRAD_CAM
) -> JobRow:
    """Queue the maps of a run and return the job, or the unfinished one that computes them.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If its training is not done.
    """
    run = find_run(workspace, run_id)
    if run.status is not JobStatus.DONE:
        raise NotReadyError(
            f"Run {run_id} is {run.status}; its saliency maps need a finished training, "
            f"see `feelingit logs {run.job_id}`."
        )
    under_way = _unfinished_job(workspace, run_id, method)
    return under_way or enqueue(workspace, JobKind.SALIENCY, _payload(run_id, method))


def saliency_result(
    workspace: Workspace, run_id: int, method: SaliencyMethod = SaliencyMethod.GRAD_CAM
) -> SaliencyResult:
    """Return a run's maps and their scores against the human maps.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the maps were not computed yet.
    """
    found = run_maps(workspace, run_id, method)
    scored = {emotion: _scored(found, emotion) for emotion in EMOTIONS}
    known = [entry.correlation for entry in scored.values() if entry.correlation is not None]
    return SaliencyResult(
        run_id=run_id,
        method=method,
        cells=(int(found.cells[0]), int(found.cells[1])),
        by_emotion=scored,
        mean_correlation=float(np.mean(known)) if known else None,
    )


def result_document(
    workspace: Workspace, run_id: int, method: SaliencyMethod = SaliencyMethod.GRAD_CAM
) -> dict[str, Any]:
    """Return the scores as `feelingit saliency --json` prints them; undefined ones are None.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the maps were not computed yet.
    """
    result = saliency_result(workspace, run_id, method)
    return {
        "run": run_id,
        "method": method.value,
        "cells": list(result.cells),
        "n": sum(entry.n for entry in result.by_emotion.values()),
        "scores": {
            emotion.value: {
                "correlation": entry.correlation,
                "similarity": entry.similarity,
                "n": entry.n,
            }
            for emotion, entry in result.by_emotion.items()
        },
        "mean_correlation": result.mean_correlation,
        "source": du2014().source,
    }


def human_map_notes() -> tuple[str, str]:
    """Return where the human maps come from and what they cannot say, for people to read."""
    return du2014().source, du2014().limits


def run_maps(workspace: Workspace, run_id: int, method: SaliencyMethod) -> RunMaps:
    """Return the maps of a run's images.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the maps were not computed yet.
    """
    find_run(workspace, run_id)
    try:
        return read_run_maps(maps_path(workspace, run_id, method))
    except FileNotFoundError:
        raise _not_ready(workspace, run_id, method) from None


def maps_path(workspace: Workspace, run_id: int, method: SaliencyMethod) -> Path:
    """Return the file of a run's maps, computed or not."""
    return workspace.run_dir(run_id) / f"maps-{method}.npz"


def record_run_maps(
    workspace: Workspace, run_id: int, method: SaliencyMethod, maps: RunMaps
) -> None:
    """Store the maps of a run in its folder, replacing earlier ones of the same method."""
    write_run_maps(maps_path(workspace, run_id, method), maps)


def _scored(found: RunMaps, emotion: Emotion) -> EmotionSaliency:
    is_own = found.labels == EMOTIONS.index(emotion)
    faces, maps = found.faces[is_own], found.maps[is_own].astype(np.float64)
    shown = maps[maps.any(axis=(1, 2))]
    mean_map = soften(_mean(shown))
    mean_map /= mean_map.sum() or 1.0
    reference = None
    if emotion in du2014().maps:
        reference = _resized(du2014().distribution(emotion), mean_map.shape[0])
    return EmotionSaliency(
        emotion=emotion,
        n=len(shown),
        n_empty=len(maps) - len(shown),
        mean_face=_mean(faces.astype(np.float64)).astype(np.float32),
        mean_map=mean_map,
        human_map=reference,
        correlation=None if reference is None else _defined(correlation(mean_map, reference)),
        similarity=None if reference is None else _defined(similarity(mean_map, reference)),
    )


def _resized(drawn: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Return a human map at a side: float64, shape (side, side), >= 0, sum 1."""
    smooth = cv2.INTER_AREA if side < drawn.shape[0] else cv2.INTER_LINEAR
    resized = cv2.resize(drawn, (side, side), interpolation=smooth)
    return np.asarray(resized / resized.sum(), dtype=np.float64)


def _mean(pictures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of pictures (n, side, side), 0 everywhere without any."""
    return np.asarray(pictures.sum(axis=0) / max(len(pictures), 1), dtype=np.float64)


def _defined(score: float) -> float | None:
    """Return the score, or None where it is not defined (NaN is no JSON)."""
    return None if math.isnan(score) else score


def _payload(run_id: int, method: SaliencyMethod) -> dict[str, Any]:
    return {"run": run_id, "method": method.value}


def _unfinished_job(workspace: Workspace, run_id: int, method: SaliencyMethod) -> JobRow | None:
    """Return the queued or running job that computes these maps, if there is one."""
    wanted = _payload(run_id, method)
    jobs = (job for job in unfinished(workspace) if job.kind is JobKind.SALIENCY)
    return next((job for job in jobs if job.payload == wanted), None)


def _not_ready(workspace: Workspace, run_id: int, method: SaliencyMethod) -> NotReadyError:
    job = _unfinished_job(workspace, run_id, method)
    if job is not None:
        return NotReadyError(f"The {method} maps of run {run_id} are on their way: job {job.id}.")
    return NotReadyError(
        f"Run {run_id} has no {method} maps yet; compute them with "
        f"`feelingit saliency {run_id} --method {method}`."
    )
