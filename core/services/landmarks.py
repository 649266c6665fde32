"""Landmarks of a data set's faces: queue the search, store it, see how many faces were found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import MissingLandmarksError
from core.images.detecting import has_detector
from core.images.landmarks import Located, packed, stand_in, unpacked
from core.images.masks import needs_landmarks
from core.services import jobs
from core.services.datasets import find_dataset
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, JobKind, Mask, Split
from db.repositories import labels, versions
from db.repositories import landmarks as stored
from db.rows import JobRow

HINT = (
    "No face detector is installed, so every face gets the mean landmarks. Install one with "
    "`pip install -e '.[landmarks]'`, then compute the landmarks again."
)


@dataclass(frozen=True, kw_only=True)
class Detected:
    """Of `images` kept faces, how many have landmarks and in how many a face was detected."""

    images: int = 0
    computed: int = 0
    detected: int = 0

    @property
    def share(self) -> float | None:
        """The share 0..1 of the faces with landmarks that were detected; None without any."""
        return self.detected / self.computed if self.computed else None

    def __add__(self, other: "Detected") -> "Detected":
        """Return the counts of both together."""
        return Detected(
            images=self.images + other.images,
            computed=self.computed + other.computed,
            detected=self.detected + other.detected,
        )


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The landmarks of a data set's kept faces, by split and emotion; splits without faces are not.

    Attributes:
        by_split: Every emotion of each split.
    """

    by_split: dict[Split, dict[Emotion, Detected]]

    @property
    def total(self) -> Detected:
        """All faces together."""
        return sum(self.by_emotion.values(), Detected())

    @property
    def by_emotion(self) -> dict[Emotion, Detected]:
        """Every emotion, over all splits."""
        return {
            emotion: sum((counts[emotion] for counts in self.by_split.values()), Detected())
            for emotion in EMOTIONS
        }


def enqueue_landmarks(workspace: Workspace, dataset_name: str) -> JobRow:
    """Queue the landmarks of the images that have none; an unfinished search is returned instead.

    Raises:
        UnknownDatasetError: If there is no such data set.
    """
    dataset_id = find_dataset(workspace, dataset_name).id
    under_way = unfinished(workspace, dataset_id)
    if under_way is not None:
        return under_way
    payload = {"dataset": dataset_id, "name": dataset_name}
    return jobs.enqueue(workspace, JobKind.LANDMARKS, payload)


def unfinished(workspace: Workspace, dataset_id: int) -> JobRow | None:
    """Return the queued or running search for landmarks of a data set, None without one."""
    return jobs.under_way(workspace, JobKind.LANDMARKS, {"dataset": dataset_id})


def pending(workspace: Workspace, dataset_id: int) -> list[int]:
    """Return the ids of images without landmarks, dropped ones too (older versions hold them).

    Where a detector is installed, images that have the template are among them: they were
    computed when there was none.
    """
    template = packed(stand_in().points) if has_detector() else None
    with workspace.reading() as session:
        return stored.pending(session, dataset_id, stand_in=template)


def contents(workspace: Workspace, image_ids: Sequence[int]) -> list[bytes]:
    """Return the files of images, in the order of their ids as given."""
    with workspace.reading() as session:
        by_id = labels.blobs(session, image_ids)
    return [by_id[image_id] for image_id in image_ids]


def record_landmarks(
    workspace: Workspace, image_ids: Sequence[int], found: Sequence[Located]
) -> None:
    """Store the landmarks of images, all at once, in place of those they had."""
    rows = [
        stored.Landmarks(image_id, packed(one.points), one.is_detected)
        for image_id, one in zip(image_ids, found, strict=True)
    ]
    with workspace.writing() as session:
        stored.save(session, rows)


def coverage(workspace: Workspace, dataset_id: int) -> Coverage:
    """Return how many kept faces have landmarks and in how many a face was detected."""
    with workspace.reading() as session:
        counts = stored.counts(session, dataset_id)
    by_split = {
        split: dict.fromkeys(EMOTIONS, Detected())
        for split in Split
        if any(count.split is split for count in counts)
    }
    for count in counts:
        by_split[count.split][count.label] = Detected(
            images=count.images, computed=count.computed, detected=count.detected
        )
    return Coverage(by_split=by_split)


def require_landmarks(workspace: Workspace, version_id: int, masks: Iterable[Mask]) -> None:
    """Refuse masks that follow landmarks where a face of the version has none.

    Raises:
        MissingLandmarksError: If there is such a mask; it names the data set.
    """
    following = [mask for mask in masks if needs_landmarks(mask)]
    if not following:
        return
    with workspace.reading() as session:
        if stored.n_missing(session, version_id):
            dataset = versions.by_id(session, version_id).dataset
            raise MissingLandmarksError(following[0], dataset)


def arrays(
    known: Iterable[stored.Landmarks], image_ids: Sequence[int]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]] | tuple[None, None]:
    """Return the landmarks of images and which were detected; (None, None) unless all have some.

    Returns:
        float32, shape (n, 68, 2), and bool, shape (n,), in the order of the ids.
    """
    by_id = {one.image_id: one for one in known}
    if not image_ids or any(image_id not in by_id for image_id in image_ids):
        return None, None
    rows = [by_id[image_id] for image_id in image_ids]
    points = unpacked(b"".join(row.points for row in rows))
    return points, np.array([row.is_detected for row in rows], dtype=np.bool_)
