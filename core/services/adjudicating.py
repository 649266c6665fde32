"""The images that annotators judge differently, for an adjudicator to settle."""

from dataclasses import dataclass

from core.workspace import Workspace
from db.enums import Emotion
from db.repositories import labels
from db.repositories import votes as stored
from db.rows import ImageRow


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """An image with what each annotator says of it, by the emotions' order and then by name."""

    image: ImageRow
    judgements: tuple[tuple[str, Emotion], ...]


def n_disputed(workspace: Workspace, dataset_id: int) -> int:
    """Return how many kept images wait for an adjudicator."""
    with workspace.reading() as session:
        return stored.n_disputed(session, dataset_id)


def disputed(
    workspace: Workspace, dataset_id: int, *, start: int = 0, limit: int = 12
) -> list[Disputed]:
    """Return some kept images whose judgements differ, most judgements first.

    An adjudicated image is settled until somebody judges it anew. `voting.adjudicate` settles.
    """
    order = {emotion: index for index, emotion in enumerate(Emotion)}
    with workspace.reading() as session:
        image_ids = stored.disputed(session, dataset_id, start=start, limit=limit)
        images = {row.id: row for row in labels.images(session, image_ids)}
        judged = sorted(
            stored.of_images(session, image_ids),
            key=lambda one: (order[one.emotion], one.annotator),
        )
    said: dict[int, list[tuple[str, Emotion]]] = {image_id: [] for image_id in image_ids}
    for one in judged:
        said[one.image_id].append((one.annotator, one.emotion))
    return [
        Disputed(image=images[image_id], judgements=tuple(said[image_id])) for image_id in image_ids
    ]
