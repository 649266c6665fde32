"""Frozen versions and their members."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from db.enums import Emotion, Split
from db.models import Dataset, DatasetVersion, Image, ImageBlob, VersionMember
from db.repositories.duplicates import Fingerprint
from db.repositories.standings import tags_by_image
from db.rows import DatasetRow, VersionRow


class Member(NamedTuple):
    """An image of a version with the label and split it had when the version was frozen."""

    image_id: int
    label: Emotion
    split: Split
    pixel_sha256: str


def create(
    session: Session, dataset: DatasetRow, digest: str, members: list[Fingerprint], *, now: datetime
) -> VersionRow:
    """Store a version with its members, their tags and the label policy, and return it."""
    version = DatasetVersion(
        digest=digest,
        dataset_id=dataset.id,
        created_at=now,
        n_images=len(members),
        label_policy=dataset.label_policy,
    )
    session.add(version)
    session.flush()
    tags = tags_by_image(session, dataset.id)
    rows = [
        {
            "version_id": version.id,
            "image_id": member.image_id,
            "label": member.label,
            "split": member.split,
            "tags": tags.get(member.image_id, ""),
        }
        for member in members
    ]
    session.execute(insert(VersionMember), rows)
    return by_id(session, version.id)


def every(session: Session) -> list[VersionRow]:
    """Return all versions, newest first."""
    return _rows(session, _statement().order_by(DatasetVersion.id.desc()))


def by_digest(session: Session, digest: str, *, dataset_id: int | None = None) -> VersionRow | None:
    """Return the oldest version with this digest (of this data set), or None."""
    statement = _statement().where(DatasetVersion.digest == digest)
    if dataset_id is not None:
        statement = statement.where(DatasetVersion.dataset_id == dataset_id)
    found = _rows(session, statement.order_by(DatasetVersion.id).limit(1))
    return found[0] if found else None


def by_id(session: Session, version_id: int) -> VersionRow:
    """Return a version that exists."""
    return _rows(session, _statement().where(DatasetVersion.id == version_id))[0]


def members(session: Session, version_id: int) -> list[Member]:
    """Return the members of a version, by image id."""
    statement = (
        select(VersionMember.image_id, VersionMember.label, VersionMember.split, Image.pixel_sha256)
        .join(Image, Image.id == VersionMember.image_id)
        .where(VersionMember.version_id == version_id)
        .order_by(VersionMember.image_id)
    )
    return [Member(*row) for row in session.execute(statement)]


def split_counts(session: Session, version_id: int) -> dict[Split, int]:
    """Return how many members of a version each of its splits has."""
    statement = select(VersionMember.split, func.count())
    counted = statement.where(VersionMember.version_id == version_id).group_by(VersionMember.split)
    return {split: n_images for split, n_images in session.execute(counted)}  # noqa: C416 (typed)


def contents(session: Session, version_id: int) -> list[bytes]:
    """Return the files' bytes of a version's members, by image id."""
    statement = (
        select(ImageBlob.content)
        .join(VersionMember, VersionMember.image_id == ImageBlob.image_id)
        .where(VersionMember.version_id == version_id)
        .order_by(VersionMember.image_id)
    )
    return list(session.scalars(statement))


def _statement() -> Select[DatasetVersion, str]:
    return select(DatasetVersion, Dataset.name).join(
        Dataset, Dataset.id == DatasetVersion.dataset_id
    )


def _rows(session: Session, statement: Select[DatasetVersion, str]) -> list[VersionRow]:
    return [
        VersionRow(
            id=version.id,
            digest=version.digest,
            dataset_id=version.dataset_id,
            dataset=dataset,
            created_at=version.created_at,
            n_images=version.n_images,
            label_policy=version.label_policy,
        )
        for version, dataset in session.execute(statement)
    ]
