"""Frozen versions."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from db import enums
from db.models.metadata import Base


class DatasetVersion(Base):
    """A frozen data set. `digest` is a hash of its content: same content, same digest.

    `label_policy` is the one that was in force when it was frozen.
    """

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("dataset_id", "digest", name="uq_dataset_version_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(16), index=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    created_at: Mapped[datetime]
    n_images: Mapped[int]
    label_policy: Mapped[enums.LabelPolicy] = mapped_column(default=enums.LabelPolicy.LATEST)


class VersionMember(Base):
    """One image of a frozen version as it was then; `tags` are sorted, with commas between."""

    __tablename__ = "version_member"

    version_id: Mapped[int] = mapped_column(ForeignKey("dataset_version.id"), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    label: Mapped[enums.Emotion]
    split: Mapped[enums.Split]
    tags: Mapped[str] = mapped_column(String(2000), default="")
