"""The tags that images have, and those that a data set's annotators are offered."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from db.enums import ImageState
from db.models import DatasetTag, Image, ImageTag
from db.repositories.labels import SQL_VARIABLES


def of_images(session: Session, image_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the tags of those of these images that have any, by id, in alphabetical order."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        statement = select(ImageTag.image_id, ImageTag.tag).where(ImageTag.image_id.in_(chunk))
        for row in session.execute(statement.order_by(ImageTag.tag)):
            found.setdefault(row.image_id, []).append(row.tag)
    return found


def add(session: Session, image_ids: Sequence[int], tag: str) -> None:
    """Store a tag of images that do not have it."""
    if image_ids:
        session.execute(insert(ImageTag), [{"image_id": one, "tag": tag} for one in image_ids])


def remove(session: Session, image_ids: Sequence[int], tag: str) -> None:
    """Delete a tag of images."""
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        session.execute(delete(ImageTag).where(ImageTag.tag == tag, ImageTag.image_id.in_(chunk)))


def counts(session: Session, dataset_id: int) -> dict[str, int]:
    """Return how many kept images of a data set have each tag that is in use."""
    statement = (
        select(ImageTag.tag, func.count().label("n"))
        .join(Image, Image.id == ImageTag.image_id)
        .where(Image.dataset_id == dataset_id, Image.state == ImageState.KEPT)
        .group_by(ImageTag.tag)
        .order_by(ImageTag.tag)
    )
    return {row.tag: row.n for row in session.execute(statement)}


def offered(session: Session, dataset_id: int) -> list[str]:
    """Return the tags that a data set's annotators are offered, empty where nobody chose any."""
    statement = select(DatasetTag.tag).where(DatasetTag.dataset_id == dataset_id)
    return list(session.scalars(statement.order_by(DatasetTag.position)))


def offer(session: Session, dataset_id: int, tags: Sequence[str]) -> None:
    """Store the tags that a data set's annotators are offered, in place of earlier ones."""
    session.execute(delete(DatasetTag).where(DatasetTag.dataset_id == dataset_id))
    rows = [
        {"dataset_id": dataset_id, "tag": tag, "position": position}
        for position, tag in enumerate(tags)
    ]
    if rows:
        session.execute(insert(DatasetTag), rows)
