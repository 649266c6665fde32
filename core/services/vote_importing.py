"""Bring FER+'s votes into a data set: ten taggers' opinions of each face, as vote events."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from core.errors import SourceError
from core.services.annotators import tagger_name
from core.services.datasets import find_dataset
from core.services.majority import follow_majority
from core.sources.ferplus import N_TAGGERS, Tally, image_number, read_votes, row_number
from core.sources.records import Refusal
from core.workspace import Workspace
from db.enums import EMOTIONS, EventKind, LabelPolicy, Split
from db.repositories import annotators, datasets, labels, votes

REASON = "FER+"
GROUP = "FER+"
TAGGERS = tuple(tagger_name(number) for number in range(1, N_TAGGERS + 1))
# 5,000 events: stored in about 0.1 s, so no annotator waits longer for the write lock.
CHUNK = 500
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class VoteReport:
    """What an import of votes did.

    Attributes:
        dataset: The name of the data set.
        matched: Rows whose image is in the data set; `already` of them had their votes before.
        unmatched: Rows whose image is not, or that name none because they show no face.
        votes: Votes stored now.
        left_out: Votes of matched rows for contempt, unknown or "not a face".
        refused: Lines that could not be read.
        batch: What undoes all of it; None where the data set has no FER+ votes.
        seconds: How long it took.
    """

    dataset: str
    matched: int
    already: int
    unmatched: int
    votes: int
    left_out: int
    refused: tuple[Refusal, ...]
    batch: str | None
    seconds: float


def import_votes(
    workspace: Workspace, path: Path, *, name: str, on_progress: OnProgress | None = None
) -> VoteReport:
    """Import fer2013new.csv: an image's votes become those of ferplus-1 to ferplus-10.

    FER+ does not say who voted, so an image's votes are dealt out in the order of `EMOTIONS`.
    Images are found by their names, those from fer2013.csv by their row. Importing again adds
    nothing, one that was interrupted is completed in the same batch, and a data set that follows
    the majority gets its labels with the votes. `on_progress` is told images done and of how many.

    Raises:
        UnknownDatasetError: If there is no such data set.
        SourceError: If the file is not in FER+'s form or not in the order of the data set's rows.
    """
    started = time.perf_counter()
    dataset = find_dataset(workspace, name)
    entries = list(read_votes(path))
    tallies = [entry for entry in entries if isinstance(entry, Tally)]
    with workspace.reading() as session:
        found = _matched(tallies, votes.source_rows(session, dataset.id))
        done = votes.images_judged_by(session, dataset.id, TAGGERS)
        batch = votes.newest_batch_of(session, dataset.id, TAGGERS[0])
    new = [(image_id, tally) for image_id, tally in found if image_id not in done and tally.votes]
    batch = batch or (uuid4().hex if new else None)
    for start in range(0, len(new), CHUNK):
        _store(workspace, dataset.id, new[start : start + CHUNK], batch=batch or "")
        if on_progress:
            on_progress(min(start + CHUNK, len(new)), len(new))
    return VoteReport(
        dataset=name,
        matched=len(found),
        already=sum(image_id in done for image_id, _ in found),
        unmatched=len(tallies) - len(found),
        votes=sum(sum(tally.votes.values()) for _, tally in new),
        left_out=sum(tally.left_out for _, tally in found),
        refused=tuple(entry for entry in entries if isinstance(entry, Refusal)),
        batch=batch,
        seconds=time.perf_counter() - started,
    )


def _matched(
    tallies: Iterable[Tally], images: Sequence[tuple[int, str, Split]]
) -> list[tuple[int, Tally]]:
    """Return the images with their votes."""
    by_row = {row_number(path): (image_id, split) for image_id, path, split in images}
    if images and None not in by_row:
        return _matched_by_row(tallies, by_row)
    by_number: dict[int | None, list[int]] = {}
    for image_id, path, _ in images:
        by_number.setdefault(image_number(path), []).append(image_id)
    alone = {
        number: ids[0] for number, ids in by_number.items() if number is not None and len(ids) == 1
    }
    return [(alone[tally.number], tally) for tally in tallies if tally.number in alone]


def _matched_by_row(
    tallies: Iterable[Tally], by_row: Mapping[int | None, tuple[int, Split]]
) -> list[tuple[int, Tally]]:
    """Return the images of a fer2013.csv with their votes, which have the same rows.

    Raises:
        SourceError: If a row is used for something else, so that these are other rows.
    """
    found = []
    for tally in tallies:
        image_id, split = by_row.get(tally.row, (None, None))
        if image_id is None:
            continue
        if split is not tally.split:
            raise SourceError(
                f"{tally.where} is a {tally.split} image and the data set has a {split} image in "
                "that row; import the fer2013.csv whose order the votes have, or named images."
            )
        found.append((image_id, tally))
    return found


def _store(
    workspace: Workspace, dataset_id: int, new: Sequence[tuple[int, Tally]], *, batch: str
) -> None:
    now = datetime.now(UTC)
    with workspace.writing() as session:
        _register(session)
        labels.append(
            session,
            (event for image_id, tally in new for event in _events(image_id, tally, batch, now)),
        )
        if votes.policy(session, dataset_id) is LabelPolicy.MAJORITY:
            follow_majority(session, [image_id for image_id, _ in new], batch=batch)
        datasets.raise_revision(session, dataset_id)


def _register(session: Session) -> None:
    """Put the taggers into a group of their own, unless somebody gave them one."""
    known = annotators.groups(session)
    for name in TAGGERS:
        if name not in known:
            annotators.set_group(session, name, GROUP)


def _events(image_id: int, tally: Tally, batch: str, now: datetime) -> Iterable[labels.NewEvent]:
    chosen = [emotion for emotion in EMOTIONS for _ in range(tally.votes.get(emotion, 0))]
    for tagger, emotion in zip(TAGGERS, chosen, strict=False):  # fewer where some were left out
        yield labels.NewEvent(
            image_id=image_id,
            annotator=tagger,
            kind=EventKind.VOTE,
            old="",
            new=emotion,
            reason=REASON,
            batch=batch,
            undoes=None,
            at=now,
        )
