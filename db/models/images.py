"""The images of a data set: their labels, states and bytes."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from db import enums
from db.models.metadata import Base


class Dataset(Base):
    """A named set of images. `revision` rises with every write, so readers know what is stale."""

    __tablename__ = "dataset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime]
    is_complete: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)
    label_policy: Mapped[enums.LabelPolicy] = mapped_column(default=enums.LabelPolicy.LATEST)


class Image(Base):
    """One image as imported, with its current label and state."""

    __tablename__ = "image"
    __table_args__ = (
        UniqueConstraint("dataset_id", "source_path", name="uq_image_source"),
        Index("ix_image_pixels", "dataset_id", "pixel_sha256"),
        Index("ix_image_counts", "dataset_id", "state", "split", "label"),
        Index("ix_image_queue", "dataset_id", "state", "id", "split", "label"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    source_path: Mapped[str] = mapped_column(String(1000))
    split: Mapped[enums.Split]
    original_split: Mapped[enums.Split]
    original_label: Mapped[enums.Emotion]
    label: Mapped[enums.Emotion]
    state: Mapped[enums.ImageState] = mapped_column(default=enums.ImageState.KEPT)
    drop_reason: Mapped[str | None] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    pixel_sha256: Mapped[str] = mapped_column(String(64))
    phash: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]


class ImageBlob(Base):
    """The bytes of an image's file as imported, apart so that reading labels never touches them."""

    __tablename__ = "image_blob"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImageLandmarks(Base):
    """The 68 landmarks of an image: float32 x, y pairs as shares of width and height.

    `is_detected` is False where no face was found and the mean template stands in.
    """

    __tablename__ = "image_landmarks"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    points: Mapped[bytes] = mapped_column(LargeBinary)
    is_detected: Mapped[bool]


class SampleTruth(Base):
    """What is really true of a drawn sample face, and which fault was planted in it."""

    __tablename__ = "sample_truth"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    true_label: Mapped[enums.Emotion]
    fault: Mapped[enums.Fault]
    copy_of: Mapped[str | None] = mapped_column(String(1000))


class DatasetTag(Base):
    """A tag that annotators of a data set can give, in the order they are offered."""

    __tablename__ = "dataset_tag"

    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]


class ImageTag(Base):
    """A tag that an image has now; the events say who gave it and when."""

    __tablename__ = "image_tag"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
