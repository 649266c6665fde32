"""What annotators did and what helps them: events, decisions, issues, claims."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from db import enums
from db.models.metadata import Base


class LabelEvent(Base):
    """One change by one annotator. Append-only: triggers refuse UPDATE and DELETE."""

    __tablename__ = "label_event"
    __table_args__ = (
        Index("ix_label_event_image", "image_id", "id"),
        Index("ix_label_event_batch", "batch"),
        Index("ix_label_event_undoes", "undoes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    annotator: Mapped[str] = mapped_column(String(100))
    kind: Mapped[enums.EventKind]
    old: Mapped[str] = mapped_column(String(40))
    new: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(200))
    batch: Mapped[str] = mapped_column(String(32))
    undoes: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]


class Annotator(Base):
    """A person who judges faces, with the group that agreement is shown for."""

    __tablename__ = "annotator"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    group: Mapped[str | None] = mapped_column(String(100))


class DuplicateDecision(Base):
    """What an annotator said of a pair of pictures; the newest row of a pair counts.

    The pair is kept by its pixel hashes, `first_pixels` below `second_pixels`, so that it holds
    for every image with these pixels and after any rescan.
    """

    __tablename__ = "duplicate_decision"
    __table_args__ = (
        Index("ix_duplicate_decision_pair", "dataset_id", "first_pixels", "second_pixels"),
        Index("ix_duplicate_decision_batch", "batch"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    first_pixels: Mapped[str] = mapped_column(String(64))
    second_pixels: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[enums.DuplicateVerdict]
    annotator: Mapped[str] = mapped_column(String(100))
    batch: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]


class LabelIssue(Base):
    """How well an image's label fits what networks that never saw it say: 0 badly, 1 well."""

    __tablename__ = "label_issue"
    __table_args__ = (Index("ix_label_issue_score", "dataset_id", "score"),)

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    label: Mapped[enums.Emotion]
    suggested: Mapped[enums.Emotion]
    score: Mapped[float]
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))


class QueueClaim(Base):
    """A face that an annotator has on screen, so that nobody else gets it from the same queue."""

    __tablename__ = "queue_claim"

    queue: Mapped[str] = mapped_column(String(64), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    annotator: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime]
