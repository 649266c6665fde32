"""How every image of a version or of a data set stands: its label, state, split and tags."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.enums import Emotion, ImageState, Split
from db.models import Image, ImageTag, VersionMember


class Standing(NamedTuple):
    """An image as it is now, or as it was in a version; `tags` are sorted, with commas between."""

    image_id: int
    source_path: str
    pixel_sha256: str
    original_split: Split
    original_label: Emotion
    split: Split
    label: Emotion
    state: ImageState
    tags: str


def of_version(session: Session, version_id: int) -> list[Standing]:
    """Return the members of a version as they were when it was frozen, by image id."""
    statement = (
        select(
            Image.id,
            Image.source_path,
            Image.pixel_sha256,
            Image.original_split,
            Image.original_label,
            VersionMember.split,
            VersionMember.label,
            VersionMember.tags,
        )
        .join(VersionMember, VersionMember.image_id == Image.id)
        .where(VersionMember.version_id == version_id)
        .order_by(Image.id)
    )
    return [Standing(*row[:-1], ImageState.KEPT, row[-1]) for row in session.execute(statement)]


def relabeled_in(session: Session, version_id: int) -> list[int]:
    """Return the tested images of a version whose label there is not the imported one."""
    statement = _tested(version_id, Image.id).where(VersionMember.label != Image.original_label)
    return list(session.scalars(statement))


def tags_in(session: Session, version_id: int) -> dict[int, str]:
    """Return the tags, with commas between, that tested images of a version had, where any."""
    statement = _tested(version_id, Image.id, VersionMember.tags).where(VersionMember.tags != "")
    return {row.id: row.tags for row in session.execute(statement)}


def of_dataset(session: Session, dataset_id: int) -> list[Standing]:
    """Return all images of a data set as they are now, dropped ones too, by id."""
    given = tags_by_image(session, dataset_id)
    statement = (
        select(
            Image.id,
            Image.source_path,
            Image.pixel_sha256,
            Image.original_split,
            Image.original_label,
            Image.split,
            Image.label,
            Image.state,
        )
        .where(Image.dataset_id == dataset_id)
        .order_by(Image.id)
    )
    return [Standing(*row, given.get(row[0], "")) for row in session.execute(statement)]


def tags_by_image(session: Session, dataset_id: int) -> dict[int, str]:
    """Return the tags of each image that has any, sorted, with commas between."""
    statement: Select[int, str] = (
        select(ImageTag.image_id, ImageTag.tag)
        .join(Image, Image.id == ImageTag.image_id)
        .where(Image.dataset_id == dataset_id)
    )
    found: dict[int, list[str]] = {}
    for image_id, tag in session.execute(statement):
        found.setdefault(image_id, []).append(tag)
    return {image_id: joined(tags) for image_id, tags in found.items()}


def joined(tags: Iterable[str]) -> str:
    """Return tags as versions keep them: sorted, with commas between."""
    return ",".join(sorted(tags))


def _tested(version_id: int, *columns: Any) -> Select[Any]:
    """Return the query for columns of a version's images that are not for training."""
    return (
        select(*columns)
        .join(VersionMember, VersionMember.image_id == Image.id)
        .where(VersionMember.version_id == version_id, VersionMember.split != Split.TRAIN)
    )
