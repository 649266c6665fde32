"""New label events: what one looks like, and how a single one is written."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from db.enums import EventKind, ImageState
from db.repositories import datasets, labels
from db.rows import EventRow


def changing(
    image_id: int,
    kind: EventKind,
    change: tuple[str, str],
    *,
    annotator: str,
    batch: str | None = None,
    reason: str | None = None,
) -> labels.NewEvent:
    """Return an event of a person that is about to be written now.

    `change` is old and new; without a `batch` the event is one of its own.
    """
    old, new = change
    return labels.NewEvent(
        image_id=image_id,
        annotator=annotator,
        kind=kind,
        old=old,
        new=new,
        reason=reason,
        batch=batch or uuid4().hex,
        undoes=None,
        at=datetime.now(UTC),
    )


def dropping(
    image_ids: Iterable[int], *, annotator: str, batch: str, reason: str
) -> list[labels.NewEvent]:
    """Return the events that drop kept images."""
    change = (ImageState.KEPT, ImageState.DROPPED)
    return [
        changing(image_id, EventKind.DROP, change, annotator=annotator, batch=batch, reason=reason)
        for image_id in image_ids
    ]


def write_one(session: Session, dataset_id: int, event: labels.NewEvent) -> EventRow:
    """Write an event, mark what was read of its data set as stale, and return it as stored."""
    labels.append(session, [event])
    datasets.raise_revision(session, dataset_id)
    return labels.batch_events(session, event["batch"])[-1]
