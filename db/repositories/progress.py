"""Tallies of how far annotators have come."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.enums import EventKind, ImageState
from db.models import Image, LabelEvent


def state_counts(session: Session, dataset_id: int) -> tuple[int, int]:
    """Return how many images of a data set are kept and how many are dropped."""
    statement = (
        select(Image.state, func.count().label("n"))
        .where(Image.dataset_id == dataset_id)
        .group_by(Image.state)
    )
    found = {row.state: row.n for row in session.execute(statement)}
    return found.get(ImageState.KEPT, 0), found.get(ImageState.DROPPED, 0)


def touched(session: Session, dataset_id: int) -> int:
    """Return how many images have a label or confirmation that was not undone."""
    undone = select(LabelEvent.undoes).where(LabelEvent.undoes.is_not(None))
    statement = (
        select(func.count(LabelEvent.image_id.distinct()))
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.undoes.is_(None))
        .where(LabelEvent.kind.in_((EventKind.LABEL, EventKind.CONFIRM)))
        .where(LabelEvent.batch.not_in(undone))
    )
    return session.scalars(statement).one()


def relabeled(session: Session, dataset_id: int) -> int:
    """Return how many images now have another label than they came with."""
    statement = select(func.count()).where(
        Image.dataset_id == dataset_id, Image.label != Image.original_label
    )
    return session.scalars(statement).one()


def events(session: Session, dataset_id: int) -> int:
    """Return how many label events a data set has."""
    statement = (
        select(func.count(LabelEvent.id))
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id)
    )
    return session.scalars(statement).one()


def drop_reasons(session: Session, dataset_id: int) -> dict[int, str | None]:
    """Return why each dropped image of a data set was dropped, by id; None where nobody said."""
    statement = select(Image.id, Image.drop_reason).where(
        Image.dataset_id == dataset_id, Image.state == ImageState.DROPPED
    )
    return {image_id: reason for image_id, reason in session.execute(statement)}  # noqa: C416
