"""Jobs, runs and what came out of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from db import enums
from db.models.metadata import Base


class Job(Base):
    """A piece of long work. Page and process speak only through this row and a folder.

    Queued jobs start in the order of (`position`, id). `grid` is shared by jobs queued together.
    `lost_at` is the progress at which the process was last lost.
    """

    __tablename__ = "job"
    # An id must never come back: folders, logs and caches of a deleted job or run go by it.
    __table_args__ = (Index("ix_job_status", "status", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[enums.JobKind]
    payload: Mapped[dict[str, Any]]
    status: Mapped[enums.JobStatus] = mapped_column(default=enums.JobStatus.QUEUED)
    progress: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[str] = mapped_column(String(300), default="")
    error: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=0)
    lost_at: Mapped[float | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    pause_requested: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    grid: Mapped[str | None] = mapped_column(String(32))
    worker: Mapped[str | None] = mapped_column(String(64))
    pid: Mapped[int | None]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Run(Base):
    """One training run: what was asked, where it ran and what it took."""

    __tablename__ = "run"
    __table_args__ = ({"sqlite_autoincrement": True},)

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
    """One emotion's figures of a run: accuracy is the recall of the class; `n` its true images.

    `n_predicted` counts the images that were taken for the emotion; NULL in rows older than it.
    """

    __tablename__ = "class_result"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    test_mask: Mapped[enums.Mask] = mapped_column(primary_key=True)
    subset: Mapped[enums.Subset] = mapped_column(primary_key=True)
    emotion: Mapped[enums.Emotion] = mapped_column(primary_key=True)
    n: Mapped[int]
    n_predicted: Mapped[int | None]
    accuracy: Mapped[float]
    precision: Mapped[float]
    f1: Mapped[float]
