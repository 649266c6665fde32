"""The images that annotators judge differently, for an adjudicator to settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from core.services.following import EventFollower
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion
from db.repositories import labels
from db.repositories import votes as stored
from db.repositories.labels import SQL_VARIABLES
from db.rows import ImageRow


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """An image with what each annotator says of it, by the emotions' order and then by name."""

    image: ImageRow
    judgements: tuple[tuple[str, Emotion], ...]


class _Disputes(EventFollower):
    """The disputed images of a data set."""

    def __init__(self, workspace: Workspace, dataset_id: int) -> None:
        super().__init__(workspace, dataset_id)
        self._judgements: dict[int, int] = {}

    def ids(self) -> list[int]:
        """Return the images, those with most judgements first, then by id."""
        with self._up_to_date():
            return sorted(self._judgements, key=lambda one: (-self._judgements[one], one))

    def _look_again(self, session: Session, touched: set[int] | None, since: int) -> None:
        if touched is None or len(touched) > SQL_VARIABLES:
            self._judgements = stored.disputed(session, self._dataset_id)
            return
        found = stored.disputed(session, self._dataset_id, sorted(touched))
        kept = {one: n for one, n in self._judgements.items() if one not in touched}
        self._judgements = kept | found


def disputed(workspace: Workspace, dataset_id: int) -> list[int]:
    """Return the kept images whose judgements differ, most judgements first, then by id.

    An adjudicated image is settled until somebody judges it anew. `voting.adjudicate` settles.
    """
    return _disputes(workspace, dataset_id).ids()


@lru_cache(maxsize=8)
def _disputes(workspace: Workspace, dataset_id: int) -> _Disputes:
    return _Disputes(workspace, dataset_id)


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
