"""The images that annotators judge differently, for an adjudicator to settle."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion
from db.repositories import labels
from db.repositories import votes as stored
from db.rows import ImageRow


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """An image with what each annotator says of it, by the emotions' order and then by name."""

    image: ImageRow
    judgements: tuple[tuple[str, Emotion], ...]


def disputed(workspace: Workspace, dataset_id: int) -> list[int]:
    """Return the kept images whose judgements differ, most judgements first, then by id.

    An adjudicated image is settled until somebody judges it anew. `voting.adjudicate` settles.
    """
    with workspace.reading() as session:
        return stored.disputed(session, dataset_id)


def describe(workspace: Workspace, image_ids: Sequence[int]) -> list[Disputed]:
    """Return what is said of images, in the given order."""
    with workspace.reading() as session:
        images = {row.id: row for row in labels.images(session, image_ids)}
        judged = stored.of_images(session, image_ids)
    said: dict[int, list[tuple[str, Emotion]]] = {image_id: [] for image_id in image_ids}
    for one in sorted(judged, key=lambda one: (EMOTIONS.index(one.emotion), one.annotator)):
        said[one.image_id].append((one.annotator, one.emotion))
    return [
        Disputed(image=images[image_id], judgements=tuple(said[image_id])) for image_id in image_ids
    ]
