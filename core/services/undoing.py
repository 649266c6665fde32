"""Taking label events back: an undo is a batch of events itself, so nothing is ever lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from core.errors import UnknownBatchError
from core.services import verdicts
from core.services.duplicates import BULK_REASONS
from core.services.majority import follow_majority
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, LabelPolicy, Split
from db.repositories import datasets, decisions, labels, tags, votes
from db.rows import EventRow, ImageRow

INVERSE = {
    EventKind.LABEL: EventKind.LABEL,
    EventKind.CONFIRM: EventKind.CONFIRM,
    EventKind.DROP: EventKind.RESTORE,
    EventKind.RESTORE: EventKind.DROP,
    EventKind.VOTE: EventKind.VOTE,
    EventKind.SPLIT: EventKind.SPLIT,
    EventKind.TAG: EventKind.UNTAG,
    EventKind.UNTAG: EventKind.TAG,
}
# What of an image each kind of event changes; a vote changes nothing.
FIELDS = {
    EventKind.LABEL: "label",
    EventKind.CONFIRM: "label",
    EventKind.DROP: "state",
    EventKind.RESTORE: "state",
    EventKind.SPLIT: "split",
    EventKind.TAG: "tags",
    EventKind.UNTAG: "tags",
}
REASON = "undo"
OVERTAKEN_REASON = "undo left this as it is: it was changed again since"


@dataclass(frozen=True)
class UndoPreview:
    """How many images an undo would change back, and how many were changed again since.

    Undos and batches that were undone already cannot be undone.
    """

    can_undo: bool
    back: int
    overtaken: int


def undo(workspace: Workspace, batch: str, *, annotator: str) -> int:
    """Take a batch back by new events and return how many images changed back.

    An image that somebody changed again since then keeps what it has now. Verdicts on pairs that
    came with the batch become what they were; a batch of nothing else returns how many did.

    Raises:
        UnknownBatchError: If there is no such batch, it is an undo, or it was undone already.
    """
    with workspace.writing() as session:
        events = labels.batch_events(session, batch)
        if not events and decisions.of_batch(session, batch):
            return _take_verdicts_back(session, batch, annotator=annotator)
        if not events:
            raise UnknownBatchError(
                f"There is no batch {batch!r}; find its id with `feelingit history NAME`."
            )
        if events[0].undoes is not None or labels.is_undone(session, batch):
            raise UnknownBatchError(f"Batch {batch!r} was undone already; nothing was changed.")
        inverse = take_back(session, events, annotator=annotator)
        verdicts.take_back(session, batch, annotator=annotator, undo_batch=inverse[0].batch)
        return len({event.image_id for event in inverse if event.reason == REASON})


def preview(workspace: Workspace, batch: str) -> UndoPreview:
    """Return what `undo` would do with a batch of events, which may be undone already."""
    with workspace.reading() as session:
        events = labels.batch_events(session, batch)
        image_ids = sorted({event.image_id for event in events})
        images = {row.id: row for row in labels.images(session, image_ids)}
        held = tags.of_images(session, image_ids)
        is_done = any(event.undoes for event in events) or labels.is_undone(session, batch)
    back = {e.image_id for e in events if _current(e, images[e.image_id], held) == e.new}
    return UndoPreview(
        can_undo=bool(events) and not is_done,
        back=len(back),
        overtaken=len(image_ids) - len(back),
    )


def undo_last(workspace: Workspace, dataset_id: int, *, annotator: str) -> EventRow | None:
    """Take back the annotator's newest press; return its undo event, None where none is left.

    What is done to groups of copies is no press: one key too many must not bring thousands back.
    """
    with workspace.writing() as session:
        batch = labels.last_undoable_batch(session, dataset_id, annotator, but_reasons=BULK_REASONS)
        if batch is None:
            return None
        return take_back(session, labels.batch_events(session, batch), annotator=annotator)[-1]


def take_back(
    session: Session, events: list[EventRow], *, annotator: str, batch: str | None = None
) -> list[EventRow]:
    """Take one batch's events back inside a transaction and return the undo's events.

    `batch` is the id of the undo; whoever sends an undo twice with one id can be recognised.
    """
    image_ids = sorted({event.image_id for event in events})
    images = {row.id: row for row in labels.images(session, image_ids)}
    held = tags.of_images(session, image_ids)
    undo_batch, now = batch or uuid4().hex, datetime.now(UTC)
    inverse = [
        _inverse(
            event,
            _current(event, images[event.image_id], held),
            annotator=annotator,
            batch=undo_batch,
            now=now,
        )
        for event in reversed(events)
    ]
    _apply(session, [event for event in inverse if event["reason"] == REASON])
    labels.append(session, inverse)
    dataset_id = images[events[0].image_id].dataset_id
    judged = {event.image_id for event in events if votes.is_judgement(event)}
    if judged and votes.policy(session, dataset_id) is LabelPolicy.MAJORITY:
        follow_majority(session, judged, batch=undo_batch, undoes=events[0].batch)
    datasets.raise_revision(session, dataset_id)
    return labels.batch_events(session, undo_batch)


def _take_verdicts_back(session: Session, batch: str, *, annotator: str) -> int:
    """Take back a batch that only judged pairs and return how many pairs changed back."""
    n_pairs = verdicts.take_back(session, batch, annotator=annotator, undo_batch=uuid4().hex)
    if n_pairs == 0:
        raise UnknownBatchError(f"Batch {batch!r} was undone already; nothing was changed.")
    return n_pairs


def _inverse(
    event: EventRow, current: str, *, annotator: str, batch: str, now: datetime
) -> labels.NewEvent:
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


def _current(event: EventRow, image: ImageRow, held: Mapping[int, list[str]]) -> str:
    """Return what an image has now of what an event changed; `held` are the images' tags."""
    field = FIELDS.get(event.kind)
    if field == "tags":
        tag = event.new or event.old
        return tag if tag in held.get(image.id, ()) else ""
    # Later votes do not overtake a vote, they only count in its place.
    return event.new if field is None else str(getattr(image, field))


def _apply(session: Session, events: list[labels.NewEvent]) -> None:
    """Store what the inverse events say, one statement a field and value."""
    changes: dict[tuple[EventKind, str], list[int]] = {}
    for event in events:
        value = event["new"] or event["old"]
        changes.setdefault((event["kind"], value), []).append(event["image_id"])
    for (kind, value), image_ids in changes.items():
        _change(session, kind, value, image_ids)


def _change(session: Session, kind: EventKind, value: str, image_ids: list[int]) -> None:
    if kind is EventKind.TAG:
        tags.add(session, image_ids, value)
    elif kind is EventKind.UNTAG:
        tags.remove(session, image_ids, value)
    elif kind is EventKind.SPLIT:
        labels.set_splits(session, image_ids, Split(value))
    elif FIELDS.get(kind) == "label":
        labels.set_labels(session, image_ids, Emotion(value))
    elif FIELDS.get(kind) == "state":
        state = ImageState(value)
        reason = REASON if state is ImageState.DROPPED else None
        labels.set_state(session, image_ids, state, reason=reason)
