"""Images as annotators see them, their current labels and states, and the append-only events."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, aliased

from db.enums import Emotion, EventKind, ImageState, Split
from db.models import Image, ImageBlob, LabelEvent
from db.rows import EventRow, ImageRow

SQL_VARIABLES = 500


class NewEvent(TypedDict):
    """The columns of an event that is about to be written."""

    image_id: int
    annotator: str
    kind: EventKind
    old: str
    new: str
    reason: str | None
    batch: str
    undoes: str | None
    at: datetime


def image(session: Session, image_id: int) -> ImageRow | None:
    """Return an image, or None where there is none with this id."""
    found = session.get(Image, image_id)
    return image_row(found) if found else None


def images(session: Session, image_ids: Sequence[int]) -> list[ImageRow]:
    """Return the images with these ids, by id; unknown ids are left out."""
    rows: list[ImageRow] = []
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        statement = select(Image).where(Image.id.in_(chunk)).order_by(Image.id)
        rows += [image_row(found) for found in session.scalars(statement)]
    return rows


def first_images(
    session: Session,
    dataset_id: int,
    *,
    after_id: int = 0,
    split: Split | None = None,
    emotion: Emotion | None = None,
    limit: int = 1,
) -> list[ImageRow]:
    """Return up to `limit` kept images with ids above `after_id`, by id."""
    statement = select(Image).where(
        Image.dataset_id == dataset_id, Image.state == ImageState.KEPT, Image.id > after_id
    )
    if split is not None:
        statement = statement.where(Image.split == split)
    if emotion is not None:
        statement = statement.where(Image.label == emotion)
    found = session.scalars(statement.order_by(Image.id).limit(limit))
    return [image_row(row) for row in found]


def blobs(session: Session, image_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the files' bytes of these images by id; unknown ids are left out."""
    contents: dict[int, bytes] = {}
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        statement = select(ImageBlob.image_id, ImageBlob.content)
        for image_id, content in session.execute(statement.where(ImageBlob.image_id.in_(chunk))):
            contents[image_id] = content
    return contents


def set_labels(session: Session, image_ids: Sequence[int], label: Emotion) -> None:
    """Store the current label of images."""
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        session.execute(update(Image).where(Image.id.in_(chunk)).values(label=label))


def set_state(
    session: Session, image_ids: Sequence[int], state: ImageState, *, reason: str | None
) -> None:
    """Store the state of images, and why they were dropped."""
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        statement = update(Image).where(Image.id.in_(chunk))
        session.execute(statement.values(state=state, drop_reason=reason))


def set_splits(session: Session, image_ids: Sequence[int], split: Split) -> None:
    """Store the current split of images; the one they came with stays beside it."""
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        session.execute(update(Image).where(Image.id.in_(chunk)).values(split=split))


def append(session: Session, events: Iterable[NewEvent]) -> None:
    """Write events; they can never be changed or removed."""
    rows = list(events)
    if rows:
        session.execute(insert(LabelEvent), rows)


def batch_events(session: Session, batch: str) -> list[EventRow]:
    """Return the events of a batch, oldest first."""
    statement = select(LabelEvent).where(LabelEvent.batch == batch).order_by(LabelEvent.id)
    return [event_row(event) for event in session.scalars(statement)]


def is_undone(session: Session, batch: str) -> bool:
    """Return whether some later batch undid this one."""
    statement = select(LabelEvent.id).where(LabelEvent.undoes == batch).limit(1)
    return session.scalars(statement).first() is not None


def last_undoable_batch(
    session: Session, dataset_id: int, annotator: str, *, but_reasons: Sequence[str]
) -> str | None:
    """Return the annotator's newest batch of one image that is no undo and was not undone.

    Batches with one of the reasons are passed over, and so is work on several images at once.
    """
    undone = select(LabelEvent.undoes).where(LabelEvent.undoes.is_not(None))
    other = aliased(LabelEvent)
    of_several = select(other.id).where(
        other.batch == LabelEvent.batch, other.image_id != LabelEvent.image_id
    )
    statement = (
        select(LabelEvent.batch)
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.annotator == annotator)
        .where(LabelEvent.undoes.is_(None), LabelEvent.batch.not_in(undone))
        .where(func.coalesce(LabelEvent.reason, "").not_in(but_reasons))
        .where(~of_several.correlate(LabelEvent).exists())
        .order_by(LabelEvent.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def newest_batch(session: Session, dataset_id: int, *, reason: str) -> tuple[str, int] | None:
    """Return the newest batch with this reason that was not undone, and how many events it has."""
    undone = select(LabelEvent.undoes).where(LabelEvent.undoes.is_not(None))
    statement = (
        select(LabelEvent.batch, func.count().label("n"))
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.reason == reason)
        .where(LabelEvent.batch.not_in(undone))
        .group_by(LabelEvent.batch)
        .order_by(func.max(LabelEvent.id).desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    return (found.batch, found.n) if found else None


def history(session: Session, dataset_id: int, *, limit: int) -> list[EventRow]:
    """Return the newest events of a data set, newest first."""
    statement = (
        select(LabelEvent)
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id)
        .order_by(LabelEvent.id.desc())
        .limit(limit)
    )
    return [event_row(event) for event in session.scalars(statement)]


def image_row(found: Image) -> ImageRow:
    """Return the row of a stored image."""
    return ImageRow(
        id=found.id,
        dataset_id=found.dataset_id,
        source_path=found.source_path,
        split=found.split,
        original_split=found.original_split,
        original_label=found.original_label,
        label=found.label,
        state=found.state,
        drop_reason=found.drop_reason,
        file_sha256=found.file_sha256,
        pixel_sha256=found.pixel_sha256,
        phash=found.phash,
        width=found.width,
        height=found.height,
    )


def event_row(event: LabelEvent) -> EventRow:
    """Return the row of a stored event."""
    return EventRow(
        id=event.id,
        image_id=event.image_id,
        annotator=event.annotator,
        kind=event.kind,
        old=event.old,
        new=event.new,
        reason=event.reason,
        batch=event.batch,
        undoes=event.undoes,
        at=event.at,
    )
