"""Whether what is stored of every image is what its events lead to."""

from dataclasses import dataclass

from core.quality.replaying import CHANGING, Event, Outcome, replay
from core.workspace import Workspace
from db.repositories import history, standings
from db.repositories.standings import Standing


@dataclass(frozen=True)
class Mismatch:
    """An image that is not what its events say: `stored` is what the tables hold."""

    image_id: int
    stored: Outcome
    replayed: Outcome


def audit(workspace: Workspace, dataset_id: int) -> list[Mismatch]:
    """Return the images that are not what replaying every event from the import gives.

    Labels, states, splits and tags are compared. A sound workspace has no such image.
    """
    with workspace.reading() as session:
        now = standings.of_dataset(session, dataset_id)
        events = [Event(*row) for row in history.changes(session, dataset_id, CHANGING)]
    imported = {one.image_id: Outcome(one.original_label, one.original_split) for one in now}
    replayed = replay(imported, events)
    found = (Mismatch(one.image_id, _outcome(one), replayed[one.image_id]) for one in now)
    return [mismatch for mismatch in found if mismatch.stored != mismatch.replayed]


def _outcome(one: Standing) -> Outcome:
    tags = frozenset(one.tags.split(",")) if one.tags else frozenset()
    return Outcome(one.label, one.split, one.state, tags)
