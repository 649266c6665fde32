"""Taking label events back: an undo is a batch of events itself, so nothing is ever lost."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from core.errors import UnknownBatchError
from core.services import verdicts
from core.services.duplicates import BULK_REASONS
from core.services.inverting import REASON, REASONS, current, follow, invert
from core.workspace import Workspace
from db.repositories import datasets, decisions, labels, tags, undos
from db.repositories.undos import Signature, Undo
from db.rows import EventRow

PART = 10_000  # events: a part is stored in half a second, so nobody waits longer to write


@dataclass(frozen=True)
class UndoPreview:
    """How many images an undo would change back, and how many were changed again since.

    Undos and batches that were undone already cannot be undone.
    """

    can_undo: bool
    back: int
    overtaken: int


def undo(workspace: Workspace, batch: str, *, annotator: str) -> int:
    """Take a batch back by new events and return how many images changed back.

    An image that somebody changed again since then keeps what it has now. Verdicts on pairs that
    came with the batch become what they were; a batch of nothing else returns how many did.

    A batch of more than 10,000 events is taken back in parts, newest events first, each in a
    transaction. Its judgements count no more from the first part on. Where that is interrupted,
    undoing the batch again completes it.

    Raises:
        UnknownBatchError: If there is no such batch, it is an undo, or it was undone already.
    """
    with workspace.writing() as session:
        if not undos.n_events(session, batch) and decisions.of_batch(session, batch):
            return _take_verdicts_back(session, batch, annotator=annotator)
        _check(session, batch)
        done = _take_part_back(session, batch, annotator=annotator)
    while done.n_left:
        with workspace.writing() as session:
            done = _take_part_back(session, batch, annotator=annotator)
    with workspace.reading() as session:
        return undos.n_images(session, done.batch or "", reason=REASON)


def _check(session: Session, batch: str) -> None:
    """Refuse what cannot be undone.

    Raises:
        UnknownBatchError: If there is no such batch, it is an undo, or it was undone already.
    """
    first = undos.newest_events(session, batch, skip=0, limit=1)
    if not first:
        raise UnknownBatchError(
            f"There is no batch {batch!r}; find its id with `feelingit history NAME`."
        )
    if first[0].undoes is not None or not undos.of_batch(session, batch, reasons=REASONS).n_left:
        raise UnknownBatchError(f"Batch {batch!r} was undone already; nothing was changed.")


def _take_part_back(session: Session, batch: str, *, annotator: str) -> Undo:
    """Take the next events of a batch back, the newest first; return how far its undo came."""
    dataset_id = undos.dataset_id(session, batch)
    datasets.raise_revision(session, dataset_id)  # a lock on PostgreSQL: one undo at a time
    done = undos.of_batch(session, batch, reasons=REASONS)
    undo_batch = done.batch or uuid4().hex
    if done.batch is None:
        verdicts.take_back(session, batch, annotator=annotator, undo_batch=undo_batch)
    skip, is_large = done.n_inverted, done.n_inverted + done.n_left > PART
    ids = undos.newest_votes(session, batch, skip=skip, limit=PART) if is_large else []
    if ids:
        signed = Signature(annotator, REASON, undo_batch, datetime.now(UTC))
        undos.invert_votes(session, batch, ids, signed)
        judged = undos.images(session, batch, ids)
        follow(session, dataset_id, judged, batch=undo_batch, undoes=batch)
        n_events = len(ids)
    else:
        events = undos.newest_events(session, batch, skip=skip, limit=PART)
        if events:
            invert(session, events[::-1], annotator=annotator, undo_batch=undo_batch)
        n_events = len(events)
    return Undo(undo_batch, skip + n_events, done.n_left - n_events)


def preview(workspace: Workspace, batch: str) -> UndoPreview:
    """Return what `undo` would do with a batch of events, which may be undone already."""
    with workspace.reading() as session:
        changes = undos.changes(session, batch)
        voted = undos.voted_images(session, batch)
        image_ids = sorted({event.image_id for event in changes})
        images = {row.id: row for row in labels.images(session, image_ids)}
        held = tags.of_images(session, image_ids)
        done = undos.of_batch(session, batch, reasons=REASONS)
        first = undos.newest_events(session, batch, skip=0, limit=1)
    back = voted | {e.image_id for e in changes if current(e, images[e.image_id], held) == e.new}
    return UndoPreview(
        can_undo=bool(first) and first[0].undoes is None and done.n_left > 0,
        back=len(back),
        overtaken=len({*image_ids, *voted} - back),
    )


def undo_last(workspace: Workspace, dataset_id: int, *, annotator: str) -> EventRow | None:
    """Take back the annotator's newest press; return its undo event, None where none is left.

    What is done to groups of copies or to many faces at once is no press: one key too many must not
    take thousands back.
    """
    with workspace.writing() as session:
        batch = labels.last_undoable_batch(session, dataset_id, annotator, but_reasons=BULK_REASONS)
        if batch is None:
            return None
        return take_back(session, labels.batch_events(session, batch), annotator=annotator)[-1]


def take_back(
    session: Session, events: list[EventRow], *, annotator: str, batch: str | None = None
) -> list[EventRow]:
    """Take one batch's events back inside a transaction and return the undo's events.

    `batch` is the id of the undo; whoever sends an undo twice with one id can be recognised.
    """
    undo_batch = batch or uuid4().hex
    dataset_id = invert(session, events, annotator=annotator, undo_batch=undo_batch)
    datasets.raise_revision(session, dataset_id)
    return labels.batch_events(session, undo_batch)


def _take_verdicts_back(session: Session, batch: str, *, annotator: str) -> int:
    """Take back a batch that only judged pairs and return how many pairs changed back."""
    n_pairs = verdicts.take_back(session, batch, annotator=annotator, undo_batch=uuid4().hex)
    if n_pairs == 0:
        raise UnknownBatchError(f"Batch {batch!r} was undone already; nothing was changed.")
    return n_pairs
