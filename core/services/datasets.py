"""What is in a data set: counts, samples, progress, bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import UnknownDatasetError
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Split
from db.repositories import datasets as stored
from db.repositories import labels
from db.repositories import progress as tallies
from db.rows import DatasetRow, ImageRow


@dataclass(frozen=True, kw_only=True)
class Count:
    """Images of one split and emotion: `original` as imported, `current` kept, by label now."""

    split: Split
    emotion: Emotion
    original: int
    current: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the cleaning of a data set has come.

    `touched` images have at least one event by an annotator, `relabeled` ones now have another
    label than they came with.
    """

    images: int
    kept: int
    dropped: int
    touched: int
    relabeled: int
    events: int


def datasets(workspace: Workspace) -> list[DatasetRow]:
    """Return all data sets, by name."""
    with workspace.reading() as session:
        return stored.every(session)


def find_dataset(workspace: Workspace, name: str) -> DatasetRow:
    """Return the data set with this name.

    Raises:
        UnknownDatasetError: If there is none.
    """
    with workspace.reading() as session:
        found = stored.by_name(session, name)
        if found is None:
            raise UnknownDatasetError(name, [row.name for row in stored.every(session)])
        return found


def counts(workspace: Workspace, dataset_id: int) -> list[Count]:
    """Return the counts of every split in use and every emotion, zeros included, in fixed order."""
    with workspace.reading() as session:
        original = stored.original_counts(session, dataset_id)
        current = stored.current_counts(session, dataset_id)
    used = {split for split, _ in original}
    return [
        Count(
            split=split,
            emotion=emotion,
            original=original.get((split, emotion), 0),
            current=current.get((split, emotion), 0),
        )
        for split in Split
        if split in used
        for emotion in EMOTIONS
    ]


def samples(
    workspace: Workspace, dataset_id: int, *, per_emotion: int = 5
) -> dict[Emotion, list[ImageRow]]:
    """Return the first kept images of each emotion, fewer where there are not enough."""
    with workspace.reading() as session:
        return {
            emotion: labels.first_images(session, dataset_id, emotion=emotion, limit=per_emotion)
            for emotion in EMOTIONS
        }


def progress(workspace: Workspace, dataset_id: int) -> Progress:
    """Return how far the cleaning of a data set has come."""
    with workspace.reading() as session:
        kept, dropped = tallies.state_counts(session, dataset_id)
        return Progress(
            images=kept + dropped,
            kept=kept,
            dropped=dropped,
            touched=tallies.touched(session, dataset_id),
            relabeled=tallies.relabeled(session, dataset_id),
            events=tallies.events(session, dataset_id),
        )


def blobs(workspace: Workspace, image_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the bytes of the images' files by id; unknown ids are left out."""
    with workspace.reading() as session:
        return labels.blobs(session, image_ids)
