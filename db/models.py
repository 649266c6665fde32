"""The tables. ORM objects never leave `db`; repositories return the frozen rows of `db.rows`."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db import enums

STORED_ENUMS: tuple[type[StrEnum], ...] = (
    enums.Emotion,
    enums.Split,
    enums.ImageState,
    enums.EventKind,
    enums.JobKind,
    enums.JobStatus,
    enums.Fault,
    enums.Mask,
    enums.ModelName,
    enums.Subset,
)


class UtcTime(TypeDecorator[datetime]):
    """A time that goes in and comes out in UTC; SQLite alone would forget the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC; refuse one without a time zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time with its time zone, UTC."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def _text_enum(kind: type[StrEnum]) -> Enum:
    """Return the column type of an enum: its value as text, so that rows read well anywhere."""
    return Enum(
        kind,
        native_enum=False,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """The metadata that all tables share."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime(),
        dict[str, Any]: JSON,
        **{kind: _text_enum(kind) for kind in STORED_ENUMS},
    }


class Dataset(Base):
    """A named set of images. `revision` rises with every write, so readers know what is stale."""

    __tablename__ = "dataset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime]
    is_complete: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)


class Image(Base):
    """One image as imported, with its current label and state."""

    __tablename__ = "image"
    __table_args__ = (
        UniqueConstraint("dataset_id", "source_path", name="uq_image_source"),
        Index("ix_image_pixels", "dataset_id", "pixel_sha256"),
        Index("ix_image_counts", "dataset_id", "state", "split", "label"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    source_path: Mapped[str] = mapped_column(String(1000))
    split: Mapped[enums.Split]
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


class SampleTruth(Base):
    """What is really true of a drawn sample face, and which fault was planted in it."""

    __tablename__ = "sample_truth"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    true_label: Mapped[enums.Emotion]
    fault: Mapped[enums.Fault]
    copy_of: Mapped[str | None] = mapped_column(String(1000))


class LabelEvent(Base):
    """One change by one annotator. Append-only: triggers refuse UPDATE and DELETE."""

    __tablename__ = "label_event"
    __table_args__ = (
        Index("ix_label_event_image", "image_id", "id"),
        Index("ix_label_event_batch", "batch"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    annotator: Mapped[str] = mapped_column(String(100))
    kind: Mapped[enums.EventKind]
    old: Mapped[str] = mapped_column(String(16))
    new: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(200))
    batch: Mapped[str] = mapped_column(String(32))
    undoes: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]


class DatasetVersion(Base):
    """A frozen data set. `digest` is a hash of its content: same content, same digest."""

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("dataset_id", "digest", name="uq_dataset_version_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(16), index=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    created_at: Mapped[datetime]
    n_images: Mapped[int]


class VersionMember(Base):
    """One image of a frozen version with the label and split it had then."""

    __tablename__ = "version_member"

    version_id: Mapped[int] = mapped_column(ForeignKey("dataset_version.id"), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    label: Mapped[enums.Emotion]
    split: Mapped[enums.Split]


class Job(Base):
    """A piece of long work. Page and process speak only through this row and a folder."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_status", "status", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[enums.JobKind]
    payload: Mapped[dict[str, Any]]
    status: Mapped[enums.JobStatus] = mapped_column(default=enums.JobStatus.QUEUED)
    progress: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[str] = mapped_column(String(300), default="")
    error: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str | None] = mapped_column(String(64))
    pid: Mapped[int | None]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Run(Base):
    """One training run: what was asked, where it ran and what it took."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("dataset_version.id"))
    model: Mapped[enums.ModelName]
    mask: Mapped[enums.Mask]
    seed: Mapped[int]
    config: Mapped[dict[str, Any]]
    provenance: Mapped[dict[str, Any] | None]
    test_split: Mapped[enums.Split | None]
    seconds: Mapped[float | None]
    created_at: Mapped[datetime]


class Epoch(Base):
    """One finished epoch: mean losses in nats, accuracies 0..1, seconds since the start.

    A loss that is not finite and figures of a missing validation part are NULL.
    """

    __tablename__ = "epoch"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    train_loss: Mapped[float | None]
    train_accuracy: Mapped[float]
    validation_loss: Mapped[float | None]
    validation_accuracy: Mapped[float | None]
    seconds: Mapped[float]


class Result(Base):
    """The overall figures of a run on the test images, under one test mask, for one subset."""

    __tablename__ = "result"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    test_mask: Mapped[enums.Mask] = mapped_column(primary_key=True)
    subset: Mapped[enums.Subset] = mapped_column(primary_key=True)
    n: Mapped[int]
    accuracy: Mapped[float]
    weighted_f1: Mapped[float]
    macro_f1: Mapped[float]


class ClassResult(Base):
    """One emotion's figures of a run: accuracy is the recall of the class; `n` its true images."""

    __tablename__ = "class_result"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    test_mask: Mapped[enums.Mask] = mapped_column(primary_key=True)
    subset: Mapped[enums.Subset] = mapped_column(primary_key=True)
    emotion: Mapped[enums.Emotion] = mapped_column(primary_key=True)
    n: Mapped[int]
    accuracy: Mapped[float]
    precision: Mapped[float]
    f1: Mapped[float]
