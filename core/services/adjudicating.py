"""The images that annotators judge differently, for an adjudicator to settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion
from db.repositories import labels, queues
from db.repositories import votes as stored
from db.repositories.labels import SQL_VARIABLES
from db.rows import ImageRow


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """An image with what each annotator says of it, by the emotions' order and then by name."""

    image: ImageRow
    judgements: tuple[tuple[str, Emotion], ...]


class _Disputes:
    """The disputed images of a data set, kept up to date event by event.

    Events are append-only, so an image's answer can change only when it gets a new one: only such
    images are looked at again. Events of transactions that were open at the last look may have
    lower ids; a few are therefore read twice.
    """

    LOOK_BACK = 100

    def __init__(self, workspace: Workspace, dataset_id: int) -> None:
        self._workspace = workspace
        self._dataset_id = dataset_id
        self._seen = 0
        self._judgements: dict[int, int] = {}
        self._lock = Lock()

    def ids(self) -> list[int]:
        """Return the images, those with most judgements first, then by id."""
        with self._lock:
            self._catch_up()
            return sorted(self._judgements, key=lambda one: (-self._judgements[one], one))

    def _catch_up(self) -> None:
        with self._workspace.reading() as session:
            last = queues.last_event(session)
            if last == self._seen:
                return
            since = max(0, self._seen - self.LOOK_BACK)
            touched = queues.touched_since(session, self._dataset_id, since) if since else set()
            if since and len(touched) <= SQL_VARIABLES:
                found = stored.disputed(session, self._dataset_id, sorted(touched))
                kept = {one: n for one, n in self._judgements.items() if one not in touched}
            else:
                found, kept = stored.disputed(session, self._dataset_id), {}
        self._judgements = kept | found
        self._seen = last


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
