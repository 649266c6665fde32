"""The saliency job: maps of a run, trained and untrained, on the canonical face."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.configs import TrainConfig, own_test_mask
from core.images.faces import FaceSet
from core.images.landmarks import template
from core.images.masks import MID_GREY, cover_faces, restored
from core.jobs.context import JobContext
from core.jobs.handlers.tiles import densities, played
from core.maps.alignment import Places, aligned_faces, aligned_maps, places
from core.maps.run_maps import RunMaps
from core.ml import evaluation
from core.ml.models import untrained
from core.ml.saliency import map_cells, maps
from core.quality.partition import partition_of
from core.services.experiments import find_run
from core.services.saliency import IMAGES_PER_EMOTION, record_run_maps
from core.services.tiles import record_run_tiles
from core.services.versions import face_set
from db.enums import EMOTIONS, SaliencyMethod

Both = tuple[NDArray[np.float16], NDArray[np.float16]]
"""Maps of the trained and of the untrained network, each of shape (n, 48, 48)."""


def handle(context: JobContext) -> None:
    """Compute the maps that the payload names, {"run": id, "method": name}, and store them.

    "images" in the payload is how many test images of each emotion are looked at, at most.

    Raises:
        UnknownRunError: If there is no such run.
        CheckpointError: If the run has no weights.
        JobCancelledError: If the job is asked to stop.
    """
    payload = context.job.payload
    method = SaliencyMethod(payload["method"])
    run = find_run(context.workspace, int(payload["run"]))
    context.report(0.0, "Reading the faces")
    config = TrainConfig.from_json(run.config)
    model = evaluation.load(context.workspace.run_dir(run.id), config)
    faces = face_set(context.workspace, run.version_id)
    test = partition_of(faces, config).test
    per_emotion = int(payload.get("images", IMAGES_PER_EMOTION))
    chosen = faces.at(test[sample(faces.labels[test], per_emotion=per_emotion, seed=config.seed)])
    control = _like(model, config)

    def report(n: int) -> None:
        context.report(n / (2 * len(chosen)), f"Computed {n:,} of {2 * len(chosen):,} maps")

    if method is SaliencyMethod.TILES:
        tiles = played(model, control, chosen, config, on_face=report)
        record_run_tiles(context.workspace, run.id, tiles)
        both = densities(tiles.weights), densities(tiles.untrained_weights)
    else:
        both = _aligned(model, control, chosen, config, method, report)
    found = _run_maps(model, chosen, config, method, both)
    record_run_maps(context.workspace, run.id, method, found)


def sample(labels: NDArray[np.int64], *, per_emotion: int, seed: int) -> NDArray[np.int64]:
    """Return indices of up to `per_emotion` images of each emotion, drawn at random, ascending."""
    rng = np.random.default_rng(seed)
    drawn = [
        rng.permutation(np.flatnonzero(labels == label))[:per_emotion]
        for label in range(len(EMOTIONS))
    ]
    return np.sort(np.concatenate(drawn))


def _aligned(
    model: nn.Module,
    control: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    method: SaliencyMethod,
    report: Callable[[int], None],
) -> Both:
    """Return the maps of both networks, moved onto the canonical face."""
    where = places(_landmarks(faces)[0])
    trained = maps(model, faces, config, method, on_batch=report)
    untaught = maps(control, faces, config, method, on_batch=lambda n: report(len(faces) + n))
    return (
        aligned_maps(trained, where).astype(np.float16),
        aligned_maps(untaught, where).astype(np.float16),
    )


def _run_maps(
    model: nn.Module, faces: FaceSet, config: TrainConfig, method: SaliencyMethod, both: Both
) -> RunMaps:
    """Return the maps of both networks with the faces that they are of."""
    predicted = evaluation.probabilities(model, faces, config).argmax(axis=1)
    landmarks, is_detected = _landmarks(faces)
    trained, untaught = both
    return RunMaps(
        image_ids=faces.image_ids,
        labels=faces.labels,
        predicted=predicted.astype(np.int64),
        is_detected=is_detected,
        faces=_aligned_view(faces, config, places(landmarks)),
        maps=trained,
        untrained=untaught,
        cells=np.array(map_cells(model, config, method), dtype=np.int64),
    )


def _like(model: nn.Module, config: TrainConfig) -> nn.Module:
    """Return the network with random weights in place of a trained one, where that one is."""
    fresh = untrained(config).to(next(model.parameters()).device)
    return fresh.to(memory_format=torch.channels_last)


def _landmarks(faces: FaceSet) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return landmarks to align by, the template's where none were detected, and which those are.

    A face that no detector found has landmarks that may be anywhere; the template is at least
    where faces are on average.
    """
    points = np.repeat(template().astype(np.float32)[None], len(faces), axis=0)
    if faces.landmarks is None or faces.landmarks_found is None:
        return points, np.zeros(len(faces), dtype=np.bool_)
    points[faces.landmarks_found] = faces.landmarks[faces.landmarks_found]
    return points, faces.landmarks_found


def _aligned_view(faces: FaceSet, config: TrainConfig, where: Places) -> NDArray[np.uint8]:
    """Return the faces under the run's mask on the canonical face, grey where rows are cut off."""
    covered = cover_faces(faces, own_test_mask(config.mask)).astype(np.float32)
    whole = restored(covered, config.mask, faces.pixels.shape[2], fill=MID_GREY)
    return aligned_faces(whole.astype(np.uint8), where)
