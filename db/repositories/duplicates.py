"""What finding duplicates needs of images."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.enums import Emotion, ImageState, Split
from db.models import Dataset, Image

SQL_VARIABLES = 500


class Fingerprint(NamedTuple):
    """A kept image reduced to what tells copies, leaks and conflicts."""

    image_id: int
    split: Split
    label: Emotion
    pixel_sha256: str


class Hashed(NamedTuple):
    """An image with its exact and its perceptual hash, a signed 64-bit number."""

    image_id: int
    pixel_sha256: str
    phash: int


class Extent(NamedTuple):
    """Which images a data set has: created when, how many, and the highest id (0: none)."""

    created_at: datetime
    n_images: int
    last_id: int


def fingerprints(session: Session, dataset_id: int) -> list[Fingerprint]:
    """Return the fingerprints of all kept images of a data set, by id."""
    statement = (
        select(Image.id, Image.split, Image.label, Image.pixel_sha256)
        .where(Image.dataset_id == dataset_id, Image.state == ImageState.KEPT)
        .order_by(Image.id)
    )
    return [Fingerprint(*row) for row in session.execute(statement)]


def fingerprints_of(
    session: Session, image_ids: Sequence[int], *, only_kept: bool = False
) -> dict[int, Fingerprint]:
    """Return the fingerprints of these images by id; unknown ids are left out."""
    columns = select(Image.id, Image.split, Image.label, Image.pixel_sha256)
    if only_kept:
        columns = columns.where(Image.state == ImageState.KEPT)
    found: dict[int, Fingerprint] = {}
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        rows = session.execute(columns.where(Image.id.in_(chunk)))
        found |= {row.id: Fingerprint(*row) for row in rows}
    return found


def kept_ids(session: Session, dataset_id: int) -> list[int]:
    """Return the ids of the kept images of a data set, ascending."""
    statement = select(Image.id).where(
        Image.dataset_id == dataset_id, Image.state == ImageState.KEPT
    )
    return sorted(session.scalars(statement))


def hashed(session: Session, dataset_id: int, *, after_id: int = 0) -> list[Hashed]:
    """Return the hashes of all images of a data set with ids above `after_id`, by id."""
    statement = (
        select(Image.id, Image.pixel_sha256, Image.phash)
        .where(Image.dataset_id == dataset_id, Image.id > after_id)
        .order_by(Image.id)
    )
    return [Hashed(*row) for row in session.execute(statement)]


def extent(session: Session, dataset_id: int) -> Extent:
    """Return which images a data set has."""
    counted = select(func.count(), func.coalesce(func.max(Image.id), 0))
    n_images, last_id = session.execute(counted.where(Image.dataset_id == dataset_id)).one()
    created_at = session.scalars(select(Dataset.created_at).where(Dataset.id == dataset_id)).one()
    return Extent(created_at, n_images, last_id)


def copies(session: Session, dataset_id: int) -> list[Fingerprint]:
    """Return the fingerprints of kept images that share their pixels with another one, by id."""
    # Dropped images are sorted out here: among all images an index alone answers the inner query.
    shared = select(Image.pixel_sha256).where(Image.dataset_id == dataset_id)
    shared = shared.group_by(Image.pixel_sha256).having(func.count() > 1)
    statement = (
        select(Image.id, Image.split, Image.label, Image.pixel_sha256)
        .where(Image.dataset_id == dataset_id, Image.state == ImageState.KEPT)
        .where(Image.pixel_sha256.in_(shared))
        .order_by(Image.id)
    )
    found = [Fingerprint(*row) for row in session.execute(statement)]
    n_with = Counter(image.pixel_sha256 for image in found)
    return [image for image in found if n_with[image.pixel_sha256] > 1]


def kept_per_split(session: Session, dataset_id: int) -> dict[Split, int]:
    """Return how many kept images each split in use has."""
    statement = (
        select(Image.split, func.count().label("n"))
        .where(Image.dataset_id == dataset_id, Image.state == ImageState.KEPT)
        .group_by(Image.split)
    )
    return {row.split: row.n for row in session.execute(statement)}


def with_pixels(
    session: Session, dataset_id: int, pixel_hashes: Sequence[str]
) -> list[Fingerprint]:
    """Return the fingerprints of the kept images with one of these pixel hashes."""
    columns = select(Image.id, Image.split, Image.label, Image.pixel_sha256)
    kept = columns.where(Image.dataset_id == dataset_id, Image.state == ImageState.KEPT)
    found: list[Fingerprint] = []
    for start in range(0, len(pixel_hashes), SQL_VARIABLES):
        chunk = pixel_hashes[start : start + SQL_VARIABLES]
        rows = session.execute(kept.where(Image.pixel_sha256.in_(chunk)))
        found += [Fingerprint(*row) for row in rows]
    return found
