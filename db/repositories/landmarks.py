"""The stored landmarks of images."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from db.enums import Emotion, ImageState, Split
from db.models import Image, ImageLandmarks, VersionMember

SQL_VARIABLES = 500


class Landmarks(NamedTuple):
    """The landmarks of an image as they are stored: see `db.models.ImageLandmarks`."""

    image_id: int
    points: bytes
    is_detected: bool


class LandmarkCount(NamedTuple):
    """Of the kept images of a split and label: how many have landmarks, and a detected face."""

    split: Split
    label: Emotion
    images: int
    computed: int
    detected: int


def pending(session: Session, dataset_id: int, *, stand_in: bytes | None) -> list[int]:
    """Return the ids of a data set's images without landmarks, dropped ones too, ascending.

    Images whose landmarks are `stand_in` count as without where it is given.
    """
    is_missing: ColumnElement[bool] = ImageLandmarks.image_id.is_(None)
    if stand_in is not None:
        is_missing = or_(is_missing, ImageLandmarks.points == stand_in)
    statement = (
        select(Image.id)
        .outerjoin(ImageLandmarks, ImageLandmarks.image_id == Image.id)
        .where(Image.dataset_id == dataset_id, is_missing)
        .order_by(Image.id)
    )
    return list(session.scalars(statement))


def save(session: Session, found: Sequence[Landmarks]) -> None:
    """Store the landmarks of images, in place of those they had."""
    for start in range(0, len(found), SQL_VARIABLES):
        chunk = found[start : start + SQL_VARIABLES]
        ids = [one.image_id for one in chunk]
        session.execute(delete(ImageLandmarks).where(ImageLandmarks.image_id.in_(ids)))
        session.execute(insert(ImageLandmarks), [one._asdict() for one in chunk])


def of_version(session: Session, version_id: int) -> list[Landmarks]:
    """Return the landmarks of a version's members that have some, by image id."""
    statement = (
        select(ImageLandmarks.image_id, ImageLandmarks.points, ImageLandmarks.is_detected)
        .join(VersionMember, VersionMember.image_id == ImageLandmarks.image_id)
        .where(VersionMember.version_id == version_id)
        .order_by(ImageLandmarks.image_id)
    )
    return [Landmarks(*row) for row in session.execute(statement)]


def of_images(session: Session, image_ids: Sequence[int]) -> list[Landmarks]:
    """Return the landmarks of images that have some, in no order."""
    found: list[Landmarks] = []
    for start in range(0, len(image_ids), SQL_VARIABLES):
        statement = select(
            ImageLandmarks.image_id, ImageLandmarks.points, ImageLandmarks.is_detected
        ).where(ImageLandmarks.image_id.in_(image_ids[start : start + SQL_VARIABLES]))
        found += [Landmarks(*row) for row in session.execute(statement)]
    return found


def n_missing(session: Session, version_id: int) -> int:
    """Return how many members of a version have no landmarks."""
    statement = (
        select(func.count())
        .select_from(VersionMember)
        .outerjoin(ImageLandmarks, ImageLandmarks.image_id == VersionMember.image_id)
        .where(VersionMember.version_id == version_id, ImageLandmarks.image_id.is_(None))
    )
    return session.scalars(statement).one()


def counts(session: Session, dataset_id: int) -> list[LandmarkCount]:
    """Return how many kept images of each split and label have landmarks; empty groups left out."""
    detected = func.coalesce(func.sum(ImageLandmarks.is_detected.cast(Integer)), 0)
    statement = (
        select(
            Image.split,
            Image.label,
            func.count(),
            func.count(ImageLandmarks.image_id),
            detected,
        )
        .outerjoin(ImageLandmarks, ImageLandmarks.image_id == Image.id)
        .where(Image.dataset_id == dataset_id, Image.state == ImageState.KEPT)
        .group_by(Image.split, Image.label)
    )
    return [LandmarkCount(*row) for row in session.execute(statement)]
