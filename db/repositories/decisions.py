"""What annotators said of pairs of pictures; append-only, the newest row of a pair counts."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from db.enums import DuplicateVerdict
from db.models import DuplicateDecision

Pair = tuple[str, str]


class Decision(NamedTuple):
    """A verdict on two pictures, named by their pixel hashes, the lower one first."""

    dataset_id: int
    first_pixels: str
    second_pixels: str
    verdict: DuplicateVerdict
    annotator: str
    batch: str
    at: datetime

    @property
    def pair(self) -> Pair:
        """Return the pair that this is about."""
        return self.first_pixels, self.second_pixels


class Batch(NamedTuple):
    """A batch of decisions: what it says, of how many pairs, and when it was made."""

    batch: str
    verdict: DuplicateVerdict
    pairs: int
    at: datetime


def append(session: Session, decisions: Iterable[Decision]) -> None:
    """Write decisions; they are never changed or removed."""
    rows = [decision._asdict() for decision in decisions]
    if rows:
        session.execute(insert(DuplicateDecision), rows)


def in_force(session: Session, dataset_id: int) -> dict[Pair, DuplicateVerdict]:
    """Return the newest verdict on each pair of a data set, open ones left out."""
    verdicts = {found.pair: found.verdict for found in _every(session, dataset_id)}
    return {
        pair: verdict for pair, verdict in verdicts.items() if verdict is not DuplicateVerdict.OPEN
    }


def of_batch(session: Session, batch: str) -> list[Decision]:
    """Return the decisions of a batch, oldest first."""
    statement = select(*_COLUMNS).where(DuplicateDecision.batch == batch)
    rows = session.execute(statement.order_by(DuplicateDecision.id))
    return [Decision(*row) for row in rows]


def to_take_back(session: Session, dataset_id: int, batch: str) -> dict[Pair, DuplicateVerdict]:
    """Return what the pairs of a batch were before it, without those judged again since."""
    before: dict[Pair, DuplicateVerdict] = {}
    newest: dict[Pair, Decision] = {}
    for found in _every(session, dataset_id):
        if found.batch == batch and found.pair not in before:
            earlier = newest.get(found.pair)
            before[found.pair] = earlier.verdict if earlier else DuplicateVerdict.OPEN
        newest[found.pair] = found
    return {pair: verdict for pair, verdict in before.items() if newest[pair].batch == batch}


def newest_batch(session: Session, dataset_id: int) -> Batch | None:
    """Return the newest batch of decisions that are still in force, None where there is none."""
    newest = (
        select(func.max(DuplicateDecision.id))
        .where(DuplicateDecision.dataset_id == dataset_id)
        .group_by(DuplicateDecision.first_pixels, DuplicateDecision.second_pixels)
    )
    statement = (
        select(
            DuplicateDecision.batch,
            func.min(DuplicateDecision.verdict),
            func.count(),
            func.max(DuplicateDecision.at),
        )
        .where(DuplicateDecision.id.in_(newest))
        .where(DuplicateDecision.verdict != DuplicateVerdict.OPEN)
        .group_by(DuplicateDecision.batch)
        .order_by(func.max(DuplicateDecision.id).desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    return Batch(*found) if found else None


def _every(session: Session, dataset_id: int) -> Iterable[Decision]:
    statement = select(*_COLUMNS).where(DuplicateDecision.dataset_id == dataset_id)
    rows = session.execute(statement.order_by(DuplicateDecision.id))
    return (Decision(*row) for row in rows)


_COLUMNS = tuple(getattr(DuplicateDecision, name) for name in Decision._fields)
