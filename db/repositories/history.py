"""The append-only events as people search them: by image, annotator, batch and kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.enums import EventKind
from db.models import Image, LabelEvent
from db.repositories.labels import event_row
from db.rows import EventRow

Selected = TypeVar("Selected")


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """Which events of a data set are wanted; None takes them all, a batch its first digits."""

    dataset_id: int
    image_id: int | None = None
    annotator: str | None = None
    batch: str | None = None
    kind: EventKind | None = None


class EventChange(NamedTuple):
    """What an event did to which image."""

    image_id: int
    kind: EventKind
    old: str
    new: str


class Work(NamedTuple):
    """Events of one person, kind and reason: how many, and when the first and the last were.

    `is_undo` says that they took earlier ones back.
    """

    annotator: str
    kind: EventKind
    reason: str | None
    is_undo: bool
    n: int
    first: datetime
    last: datetime


def work(session: Session, dataset_id: int) -> list[Work]:
    """Return the events of a data set by person, kind and reason, those that began first first."""
    is_undo = LabelEvent.undoes.is_not(None)
    group = (LabelEvent.annotator, LabelEvent.kind, LabelEvent.reason, is_undo)
    first = func.min(LabelEvent.at)
    statement = (
        select(*group, func.count(LabelEvent.id), first, func.max(LabelEvent.at))
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id)
        .group_by(*group)
        .order_by(first, LabelEvent.annotator, LabelEvent.kind)
    )
    return [Work(*row) for row in session.execute(statement)]


def changes(session: Session, dataset_id: int, kinds: Sequence[EventKind]) -> list[EventChange]:
    """Return what all events of these kinds did, oldest first."""
    statement = (
        select(LabelEvent.image_id, LabelEvent.kind, LabelEvent.old, LabelEvent.new)
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.kind.in_(kinds))
        .order_by(LabelEvent.id)
    )
    return [EventChange(*row) for row in session.execute(statement)]


def page(
    session: Session,
    wanted: EventFilter,
    *,
    before_id: int | None = None,
    after_id: int | None = None,
    limit: int,
) -> list[EventRow]:
    """Return up to `limit` events, newest first, that are older or newer than a given one.

    With `after_id` these are the ones that follow it most closely.
    """
    statement = _matching(select(LabelEvent), wanted)
    if after_id is not None:
        statement = statement.where(LabelEvent.id > after_id).order_by(LabelEvent.id)
        found = [event_row(event) for event in session.scalars(statement.limit(limit))]
        return found[::-1]
    if before_id is not None:
        statement = statement.where(LabelEvent.id < before_id)
    statement = statement.order_by(LabelEvent.id.desc()).limit(limit)
    return [event_row(event) for event in session.scalars(statement)]


def count(session: Session, wanted: EventFilter) -> int:
    """Return how many events there are."""
    return session.scalars(_matching(select(func.count(LabelEvent.id)), wanted)).one()


def annotators(session: Session, dataset_id: int) -> list[str]:
    """Return everyone who has an event in a data set, by name."""
    statement = (
        select(LabelEvent.annotator)
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id)
        .distinct()
        .order_by(LabelEvent.annotator)
    )
    return list(session.scalars(statement))


def image_id_at(session: Session, dataset_id: int, source_path: str) -> int | None:
    """Return the id of the image with this source path, None where there is none."""
    statement = select(Image.id).where(
        Image.dataset_id == dataset_id, Image.source_path == source_path
    )
    return session.scalars(statement).one_or_none()


def undone_batches(session: Session, batches: Sequence[str]) -> set[str]:
    """Return those of these batches that were undone."""
    statement = select(LabelEvent.undoes).where(LabelEvent.undoes.in_(batches)).distinct()
    return {batch for batch in session.scalars(statement) if batch is not None}


def _matching(statement: Select[Selected], wanted: EventFilter) -> Select[Selected]:
    statement = statement.join(Image, Image.id == LabelEvent.image_id).where(
        Image.dataset_id == wanted.dataset_id
    )
    for column, value in (
        (LabelEvent.image_id, wanted.image_id),
        (LabelEvent.annotator, wanted.annotator),
        (LabelEvent.kind, wanted.kind),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.batch is not None:
        first_digits = LabelEvent.batch.startswith(wanted.batch, autoescape=True)
        statement = statement.where(first_digits)
    return statement
