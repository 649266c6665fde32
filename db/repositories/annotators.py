"""The people who judge faces: what each did in a data set, and their groups."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from db.enums import EventKind
from db.models import Annotator, Image, LabelEvent
from db.repositories.votes import POLICY_NAMES


class Tally(NamedTuple):
    """What an annotator did in a data set, undone events left out."""

    name: str
    images: int
    labels: int
    confirmations: int
    votes: int
    last_at: datetime


def tallies(session: Session, dataset_id: int) -> list[Tally]:
    """Return what each annotator did in a data set, by name; policies are no annotators."""
    undone = select(LabelEvent.undoes).where(LabelEvent.undoes.is_not(None)).distinct()
    kinds = (EventKind.LABEL, EventKind.CONFIRM, EventKind.VOTE)
    statement = (
        select(
            LabelEvent.annotator,
            func.count(LabelEvent.image_id.distinct()),
            *(func.sum(case((LabelEvent.kind == kind, 1), else_=0)) for kind in kinds),
            func.max(LabelEvent.at),
        )
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.kind.in_(kinds))
        .where(LabelEvent.undoes.is_(None), LabelEvent.batch.not_in(undone))
        .where(LabelEvent.annotator.not_in(POLICY_NAMES))
        .group_by(LabelEvent.annotator)
        .order_by(LabelEvent.annotator)
    )
    return [Tally(*row) for row in session.execute(statement)]


def groups(session: Session) -> dict[str, str | None]:
    """Return the group of every registered annotator, None for those without one."""
    statement = select(Annotator.name, Annotator.group).order_by(Annotator.name)
    return {row.name: row.group for row in session.execute(statement)}


def set_group(session: Session, name: str, group: str | None) -> None:
    """Store the group of an annotator, who is registered where they were not."""
    session.merge(Annotator(name=name, group=group))
    session.flush()


def rename_group(session: Session, old: str, new: str | None) -> int:
    """Give a group another name, None dissolves it, and return how many annotators moved."""
    members = list(session.scalars(select(Annotator.name).where(Annotator.group == old)))
    session.execute(update(Annotator).where(Annotator.group == old).values(group=new))
    return len(members)
