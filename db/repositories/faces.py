"""What belongs to one face: its bytes, its twins, its events; and the hashes of a whole set."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.enums import Emotion, ImageState
from db.models import Image, ImageBlob, LabelEvent
from db.repositories.labels import SQL_VARIABLES, event_row, image_row
from db.rows import EventRow, ImageRow


class Tile(NamedTuple):
    """What a wall of small faces shows of an image beside its picture."""

    id: int
    label: Emotion
    state: ImageState


def content(session: Session, dataset_id: int, image_id: int) -> bytes | None:
    """Return the bytes of an image's file, None where the data set has no such image."""
    statement = (
        select(ImageBlob.content)
        .join(Image, Image.id == ImageBlob.image_id)
        .where(ImageBlob.image_id == image_id, Image.dataset_id == dataset_id)
    )
    return session.scalars(statement).first()


def tiles(session: Session, image_ids: Sequence[int]) -> list[Tile]:
    """Return what a wall of small faces shows of these images, in their order."""
    found: dict[int, Tile] = {}
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        statement = select(Image.id, Image.label, Image.state).where(Image.id.in_(chunk))
        found.update((row.id, Tile(*row)) for row in session.execute(statement))
    return [found[image_id] for image_id in image_ids]


def locked(session: Session, image_id: int) -> ImageRow | None:
    """Return an image that nobody else can write until this transaction ends, None without one."""
    found = session.get(Image, image_id, with_for_update=True)
    return image_row(found) if found else None


def twins(session: Session, image: ImageRow, *, limit: int) -> list[ImageRow]:
    """Return other images of the data set with the same pixels, by id."""
    statement = (
        select(Image)
        .where(Image.dataset_id == image.dataset_id, Image.pixel_sha256 == image.pixel_sha256)
        .where(Image.id != image.id)
        .order_by(Image.id)
        .limit(limit)
    )
    return [image_row(found) for found in session.scalars(statement)]


def events(session: Session, image_id: int, *, limit: int) -> list[EventRow]:
    """Return the newest events of an image, newest first."""
    statement = (
        select(LabelEvent)
        .where(LabelEvent.image_id == image_id)
        .order_by(LabelEvent.id.desc())
        .limit(limit)
    )
    return [event_row(event) for event in session.scalars(statement)]


def extent(session: Session, dataset_id: int) -> tuple[int, int]:
    """Return how many images a data set has and the newest id: both change only by imports."""
    statement = select(func.count(), func.coalesce(func.max(Image.id), 0))
    n_images, newest = session.execute(statement.where(Image.dataset_id == dataset_id)).one()
    return n_images, newest


def hashes(session: Session, dataset_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ids and perceptual hashes of a data set's images, by id: int64, shape (n,)."""
    statement = select(Image.id, Image.phash).where(Image.dataset_id == dataset_id)
    rows: Sequence[tuple[int, int]] = [
        (row.id, row.phash) for row in session.execute(statement.order_by(Image.id))
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
