"""What helps to judge one face: its copies, look-alikes, predictions and past."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.errors import UnknownImageError
from core.services import results
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion
from db.repositories import faces, issues, labels, tags
from db.rows import EventRow, ImageRow, IssueRow

N_TWINS, N_LOOK_ALIKES, N_EVENTS = 6, 6, 20


@dataclass(frozen=True, kw_only=True)
class LookAlike:
    """Another face and the number of bits, 0..64, in which its perceptual hash differs."""

    image: ImageRow
    distance_bits: int


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a run takes a face for; `probabilities` are 0..1 in the emotions' usual order."""

    predicted: Emotion
    probabilities: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Details:
    """What is known about a face.

    Attributes:
        tags: What it is tagged with.
        twins: Other images of the same pixels, by id.
        look_alikes: The nearest other faces by perceptual hash, nearest first, twins left out.
        events: What was done to it, newest first.
        issue: How well its label fits, from the newest search for label issues; None where it
            was not scored.
    """

    image: ImageRow
    tags: list[str]
    twins: list[ImageRow]
    look_alikes: list[LookAlike]
    events: list[EventRow]
    issue: IssueRow | None


@dataclass(frozen=True)
class _Hashes:
    """The ids (int64) and perceptual hashes (uint64) of a data set, shape (n_images,), by id."""

    ids: NDArray[np.int64]
    bits: NDArray[np.uint64]


def content(workspace: Workspace, dataset_id: int, image_id: int) -> bytes:
    """Return the bytes of an image's file as imported.

    Raises:
        UnknownImageError: If the data set has no such image.
    """
    with workspace.reading() as session:
        found = faces.content(session, dataset_id, image_id)
    if found is None:
        raise UnknownImageError(image_id)
    return found


def rows(workspace: Workspace, dataset_id: int, image_ids: list[int]) -> list[ImageRow]:
    """Return images in the given order; those that are not of the data set are left out."""
    with workspace.reading() as session:
        found = {row.id: row for row in labels.images(session, image_ids)}
    wanted = (found.get(image_id) for image_id in image_ids)
    return [row for row in wanted if row is not None and row.dataset_id == dataset_id]


def details(workspace: Workspace, dataset_id: int, image_id: int) -> Details:
    """Return what is known about a face.

    Raises:
        UnknownImageError: If the data set has no such image.
    """
    with workspace.reading() as session:
        image = labels.image(session, image_id)
        if image is None or image.dataset_id != dataset_id:
            raise UnknownImageError(image_id)
        extent = faces.extent(session, dataset_id)
        twins = faces.twins(session, image, limit=N_TWINS)
        near = _nearest(_hashes(workspace, dataset_id, extent), image)
        found = {row.id: row for row in labels.images(session, list(near))}
        look_alikes = [
            LookAlike(image=found[near_id], distance_bits=distance)
            for near_id, distance in near.items()
            if found[near_id].pixel_sha256 != image.pixel_sha256
        ]
        return Details(
            image=image,
            tags=tags.of_images(session, [image_id]).get(image_id, []),
            twins=twins,
            look_alikes=look_alikes[:N_LOOK_ALIKES],
            events=faces.events(session, image_id, limit=N_EVENTS),
            issue=issues.of_image(session, dataset_id, image_id),
        )


def prediction(workspace: Workspace, run_id: int, image_id: int) -> Prediction | None:
    """Return what a finished run takes a face for, None where it was not tested on it.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the run has no predictions.
    """
    return _predictions(workspace, run_id).get(image_id)


def _nearest(hashes: _Hashes, image: ImageRow) -> dict[int, int]:
    """Return distances in bits by id, nearest first: more than are shown, as twins are left out."""
    own = np.array([image.phash], dtype=np.int64).view(np.uint64)
    distances = np.bitwise_count(hashes.bits ^ own)
    n_taken = min(len(distances), N_LOOK_ALIKES + N_TWINS + 1)
    taken = np.argpartition(distances, n_taken - 1)[:n_taken]
    order = taken[np.lexsort((hashes.ids[taken], distances[taken]))]
    return {
        int(hashes.ids[place]): int(distances[place])
        for place in order
        if hashes.ids[place] != image.id
    }


@lru_cache(maxsize=4)
def _hashes(workspace: Workspace, dataset_id: int, extent: tuple[int, int]) -> _Hashes:
    """Return a data set's hashes, kept until its `extent` says that an import added images."""
    with workspace.reading() as session:
        ids, bits = faces.hashes(session, dataset_id)
    return _Hashes(ids, bits.copy().view(np.uint64))


@lru_cache(maxsize=4)
def _predictions(workspace: Workspace, run_id: int) -> dict[int, Prediction]:
    """Return a run's predictions by image id; a finished run never changes."""
    table = results.predictions(workspace, run_id)
    columns = table[[f"p_{emotion.value}" for emotion in EMOTIONS]]
    return {
        int(image_id): Prediction(predicted=Emotion(predicted), probabilities=tuple(shares))
        for image_id, predicted, shares in zip(
            table["image_id"], table["predicted"], columns.to_numpy().tolist(), strict=True
        )
    }
