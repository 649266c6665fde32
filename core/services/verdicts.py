"""What annotators say of pairs of pictures, by pixels, so that it outlives every rescan."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from db.enums import DuplicateVerdict
from db.repositories import datasets, decisions
from db.repositories.decisions import Decision, Pair


def write(
    session: Session,
    dataset_id: int,
    verdicts: Mapping[Pair, DuplicateVerdict],
    *,
    annotator: str,
    batch: str,
) -> None:
    """Write verdicts on pairs of pixel hashes."""
    now = datetime.now(UTC)
    decisions.append(
        session,
        (
            Decision(dataset_id, first, second, verdict, annotator, batch, now)
            for (first, second), verdict in verdicts.items()
        ),
    )


def ordered(pairs: Iterable[Pair]) -> list[Pair]:
    """Return each pair of different pixels once, the lower hash first, in order."""
    return sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})


def take_back(session: Session, batch: str, *, annotator: str, undo_batch: str) -> int:
    """Make the verdicts of a batch what they were before it and return how many pairs changed.

    A pair that was judged again since keeps its newest verdict. An undo is not taken back: 0.
    """
    made = decisions.of_batch(session, batch)
    if all(decision.verdict is DuplicateVerdict.OPEN for decision in made):
        return 0
    dataset_id = made[0].dataset_id
    before = decisions.to_take_back(session, dataset_id, batch)
    write(session, dataset_id, before, annotator=annotator, batch=undo_batch)
    datasets.raise_revision(session, dataset_id)
    return len(before)
