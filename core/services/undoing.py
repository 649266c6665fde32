"""Taking label events back: an undo is a batch of events itself, so nothing is ever lost."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from core.errors import UnknownBatchError
from core.services.duplicates import SURPLUS_REASON
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState
from db.repositories import datasets, labels
from db.rows import EventRow, ImageRow

INVERSE = {
    EventKind.LABEL: EventKind.LABEL,
    EventKind.CONFIRM: EventKind.CONFIRM,
    EventKind.DROP: EventKind.RESTORE,
    EventKind.RESTORE: EventKind.DROP,
}
REASON = "undo"
OVERTAKEN_REASON = "undo left this as it is: it was changed again since"


def undo(workspace: Workspace, batch: str, *, annotator: str) -> int:
    """Take a batch back by new events and return how many images changed back.

    An image that somebody changed again since then keeps what it has now.

    Raises:
        UnknownBatchError: If there is no such batch, it is an undo, or it was undone already.
    """
    with workspace.writing() as session:
        events = labels.batch_events(session, batch)
        if not events:
            raise UnknownBatchError(
                f"There is no batch {batch!r}; find its id with `feelingit history NAME`."
            )
        if events[0].undoes is not None or labels.is_undone(session, batch):
            raise UnknownBatchError(f"Batch {batch!r} was undone already; nothing was changed.")
        inverse = take_back(session, events, annotator=annotator)
        return sum(event.reason == REASON for event in inverse)


def undo_last(workspace: Workspace, dataset_id: int, *, annotator: str) -> EventRow | None:
    """Take back the annotator's newest press; return its undo event, None where none is left.

    A drop of surplus copies is no press: one key too many must not bring thousands back.
    """
    with workspace.writing() as session:
        batch = labels.last_undoable_batch(
            session, dataset_id, annotator, but_reason=SURPLUS_REASON
        )
        if batch is None:
            return None
        return take_back(session, labels.batch_events(session, batch), annotator=annotator)[-1]


def take_back(
    session: Session, events: list[EventRow], *, annotator: str, batch: str | None = None
) -> list[EventRow]:
    """Take one batch's events back inside a transaction and return the undo's events.

    `batch` is the id of the undo; whoever sends an undo twice with one id can be recognised.
    """
    images = {row.id: row for row in labels.images(session, [event.image_id for event in events])}
    undo_batch, now = batch or uuid4().hex, datetime.now(UTC)
    inverse = [
        _inverse(event, images[event.image_id], annotator=annotator, batch=undo_batch, now=now)
        for event in reversed(events)
    ]
    _apply(session, [event for event in inverse if event["reason"] == REASON])
    labels.append(session, inverse)
    datasets.raise_revision(session, images[events[0].image_id].dataset_id)
    return labels.batch_events(session, undo_batch)


def _inverse(
    event: EventRow, image: ImageRow, *, annotator: str, batch: str, now: datetime
) -> labels.NewEvent:
    is_label = event.kind in (EventKind.LABEL, EventKind.CONFIRM)
    current: str = image.label if is_label else image.state
    overtaken = current != event.new
    return labels.NewEvent(
        image_id=event.image_id,
        annotator=annotator,
        kind=EventKind.CONFIRM if overtaken else INVERSE[event.kind],
        old=current,
        new=current if overtaken else event.old,
        reason=OVERTAKEN_REASON if overtaken else REASON,
        batch=batch,
        undoes=event.batch,
        at=now,
    )


def _apply(session: Session, events: list[labels.NewEvent]) -> None:
    """Store what the inverse events say, one statement a kind and value."""
    changes: dict[tuple[bool, str], list[int]] = {}
    for event in events:
        is_label = event["kind"] in (EventKind.LABEL, EventKind.CONFIRM)
        changes.setdefault((is_label, event["new"]), []).append(event["image_id"])
    for (is_label, value), image_ids in changes.items():
        if is_label:
            labels.set_labels(session, image_ids, Emotion(value))
        else:
            state = ImageState(value)
            reason = REASON if state is ImageState.DROPPED else None
            labels.set_state(session, image_ids, state, reason=reason)
