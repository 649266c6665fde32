"""How far a batch was taken back, and taking large parts of one back at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from db.enums import EventKind
from db.models import Image, LabelEvent
from db.repositories.labels import event_row
from db.rows import EventRow


class Undo(NamedTuple):
    """An undo of a batch: its own batch (None before it began), events inverted and left."""

    batch: str | None
    n_inverted: int
    n_left: int


class Change(NamedTuple):
    """The part of an event that says what it did to which image."""

    image_id: int
    kind: EventKind
    old: str
    new: str


class Signature(NamedTuple):
    """What all events of an undo have in common."""

    annotator: str
    reason: str
    batch: str
    at: datetime


def of_batch(session: Session, batch: str, *, reasons: Sequence[str]) -> Undo:
    """Return how far a batch was taken back; `reasons` are those that inverse events have."""
    statement = select(func.min(LabelEvent.batch), func.count()).where(
        LabelEvent.undoes == batch, LabelEvent.reason.in_(reasons)
    )
    undo_batch, n_inverted = session.execute(statement).one()
    return Undo(undo_batch, n_inverted, n_events(session, batch) - n_inverted)


def n_events(session: Session, batch: str) -> int:
    """Return how many events a batch has."""
    statement = select(func.count()).where(LabelEvent.batch == batch)
    return session.scalars(statement).one()


def changes(session: Session, batch: str) -> list[Change]:
    """Return what a batch's events did, oldest first, votes left out."""
    statement = select(LabelEvent.image_id, LabelEvent.kind, LabelEvent.old, LabelEvent.new).where(
        LabelEvent.batch == batch, LabelEvent.kind != EventKind.VOTE
    )
    return [Change(*row) for row in session.execute(statement.order_by(LabelEvent.id))]


def voted_images(session: Session, batch: str) -> set[int]:
    """Return the images of a batch's votes."""
    statement = (
        select(LabelEvent.image_id)
        .distinct()
        .where(LabelEvent.batch == batch, LabelEvent.kind == EventKind.VOTE)
    )
    return set(session.scalars(statement))


def newest_events(session: Session, batch: str, *, skip: int, limit: int) -> list[EventRow]:
    """Return events of a batch, newest first, without the `skip` newest."""
    statement = (
        select(LabelEvent)
        .where(LabelEvent.batch == batch)
        .order_by(LabelEvent.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [event_row(event) for event in session.scalars(statement)]


def newest_votes(session: Session, batch: str, *, skip: int, limit: int) -> list[int]:
    """Return the ids of votes of a batch that follow each other, newest first.

    They begin behind the `skip` newest events; there are none where the next event is no vote.
    """
    following = (
        select(LabelEvent.id, LabelEvent.kind)
        .where(LabelEvent.batch == batch)
        .order_by(LabelEvent.id.desc())
        .offset(skip)
        .limit(limit)
    )
    found: list[int] = []
    for row in session.execute(following):
        if row.kind is not EventKind.VOTE:
            break
        found.append(row.id)
    return found


def invert_votes(session: Session, batch: str, ids: Sequence[int], signed: Signature) -> None:
    """Write the inverse events of votes of a batch, which follow each other, newest first.

    No vote changes an image, so the database can do it without any going through this process.
    """
    columns = ("image_id", "annotator", "kind", "old", "new", "reason", "batch", "undoes", "at")
    inverse = (
        select(
            LabelEvent.image_id,
            literal(signed.annotator),
            LabelEvent.kind,
            LabelEvent.new,
            LabelEvent.old,
            literal(signed.reason),
            literal(signed.batch),
            LabelEvent.batch,
            literal(signed.at, LabelEvent.at.type),
        )
        .where(LabelEvent.batch == batch, LabelEvent.id.between(ids[-1], ids[0]))
        .order_by(LabelEvent.id.desc())
    )
    session.execute(insert(LabelEvent).from_select(columns, inverse))


def images(session: Session, batch: str, ids: Sequence[int]) -> set[int]:
    """Return the images of events of a batch that follow each other, newest first."""
    statement = (
        select(LabelEvent.image_id)
        .distinct()
        .where(LabelEvent.batch == batch, LabelEvent.id.between(ids[-1], ids[0]))
    )
    return set(session.scalars(statement))


def n_images(session: Session, undo_batch: str, *, reason: str) -> int:
    """Return how many images an undo gave back what they had; its events have this reason."""
    statement = select(func.count(LabelEvent.image_id.distinct())).where(
        LabelEvent.batch == undo_batch, LabelEvent.reason == reason
    )
    return session.scalars(statement).one()


def dataset_id(session: Session, batch: str) -> int:
    """Return the data set that the events of a batch belong to, which has some."""
    image = select(LabelEvent.image_id).where(LabelEvent.batch == batch).limit(1)
    return session.scalars(select(Image.dataset_id).where(Image.id.in_(image))).one()
