"""The history of a data set: its events by image, annotator, batch and kind, in pages."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.services.inverting import REASONS
from core.workspace import Workspace
from db.repositories import history as stored
from db.repositories import labels, undos
from db.repositories.history import EventFilter
from db.rows import EventRow, ImageRow

PAGE = 50
MOST_DIGITS = 15  # ids are 64-bit

__all__ = ["PAGE", "EventFilter", "EventPage", "annotators", "find_image_id", "page"]


@dataclass(frozen=True, kw_only=True)
class EventPage:
    """Some events, newest first, with their images and what leads to the pages beside them.

    Attributes:
        events: The events.
        images: The image of each event, by id.
        undone: The batches among these that were undone as a whole.
        total: How many events there are on all pages.
        has_newer: Whether a page with newer events exists.
        has_older: Whether a page with older events exists.
    """

    events: list[EventRow]
    images: dict[int, ImageRow]
    undone: frozenset[str]
    total: int
    has_newer: bool
    has_older: bool


def page(
    workspace: Workspace,
    wanted: EventFilter,
    *,
    before_id: int | None = None,
    after_id: int | None = None,
    limit: int = PAGE,
) -> EventPage:
    """Return the newest events, or those just older or newer than a given one.

    Pages are found by the id of an event, so new events do not shift them.
    """
    with workspace.reading() as session:
        events = stored.page(session, wanted, before_id=before_id, after_id=after_id, limit=limit)
        if not events:
            events = stored.page(session, wanted, limit=limit)
        image_ids = sorted({event.image_id for event in events})
        newer = older = False
        if events:
            first, last = events[0].id, events[-1].id
            newer = bool(stored.page(session, wanted, after_id=first, limit=1))
            older = bool(stored.page(session, wanted, before_id=last, limit=1))
        return EventPage(
            events=events,
            images={row.id: row for row in labels.images(session, image_ids)},
            undone=_undone(session, events),
            total=stored.count(session, wanted),
            has_newer=newer,
            has_older=older,
        )


def _undone(session: Session, events: list[EventRow]) -> frozenset[str]:
    """Return the batches of these events that were undone as a whole.

    A large undo that was interrupted is left out, so that it is offered again and completed.
    """
    begun = stored.undone_batches(session, [event.batch for event in events])
    return frozenset(b for b in begun if not undos.of_batch(session, b, reasons=REASONS).n_left)


def annotators(workspace: Workspace, dataset_id: int) -> list[str]:
    """Return everyone who has an event in a data set, by name."""
    with workspace.reading() as session:
        return stored.annotators(session, dataset_id)


def find_image_id(workspace: Workspace, dataset_id: int, named: str) -> int | None:
    """Return the id of the image that a person names by its id or its path, None without any."""
    with workspace.reading() as session:
        found = stored.image_id_at(session, dataset_id, named)
        if found is None and named.isdecimal() and len(named) <= MOST_DIGITS:
            image = labels.image(session, int(named))
            found = image.id if image and image.dataset_id == dataset_id else None
        return found
