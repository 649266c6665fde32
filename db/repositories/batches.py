"""Batches of label events, found by why they were made."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Image, LabelEvent


class Batch(NamedTuple):
    """A batch of events with one reason: how many images it has, and when it was made."""

    batch: str
    reason: str
    images: int
    at: datetime


def newest(session: Session, dataset_id: int, reasons: Sequence[str]) -> Batch | None:
    """Return the newest batch with one of these reasons that was not undone, None without."""
    undone = select(LabelEvent.undoes).where(LabelEvent.undoes.is_not(None))
    statement = (
        select(
            LabelEvent.batch,
            LabelEvent.reason,
            func.count(LabelEvent.image_id.distinct()),
            func.max(LabelEvent.at),
        )
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.reason.in_(reasons))
        .where(LabelEvent.batch.not_in(undone))
        .group_by(LabelEvent.batch, LabelEvent.reason)
        .order_by(func.max(LabelEvent.id).desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    return Batch(found[0], found[1] or "", found[2], found[3]) if found else None
