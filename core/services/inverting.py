"""The inverse of events: what takes back what an event did, and doing so in a transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from core.services.majority import follow_majority
from db.enums import Emotion, EventKind, ImageState, LabelPolicy, Split
from db.repositories import labels, tags, votes
from db.repositories.undos import Change
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
REASONS = (REASON, OVERTAKEN_REASON)


def invert(session: Session, events: Sequence[EventRow], *, annotator: str, undo_batch: str) -> int:
    """Write the inverse of events of one batch, oldest first, and return their data set's id."""
    image_ids = sorted({event.image_id for event in events})
    images = {row.id: row for row in labels.images(session, image_ids)}
    held = tags.of_images(session, image_ids)
    now = datetime.now(UTC)
    inverse = [
        _inverse(
            event,
            current(event, images[event.image_id], held),
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
    follow(session, dataset_id, judged, batch=undo_batch, undoes=events[0].batch)
    return dataset_id


def follow(
    session: Session, dataset_id: int, judged: Collection[int], *, batch: str, undoes: str
) -> None:
    """Give images whose judgements changed the label that follows, where labels follow them."""
    if judged and votes.policy(session, dataset_id) is LabelPolicy.MAJORITY:
        follow_majority(session, judged, batch=batch, undoes=undoes)


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


def current(event: EventRow | Change, image: ImageRow, held: Mapping[int, list[str]]) -> str:
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
