"""Bringing a data set back to a version: labels, states and splits, as one undoable batch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from core.errors import UnknownVersionError
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, Split
from db.repositories import datasets, labels, standings
from db.repositories import versions as stored
from db.repositories.standings import Standing
from db.rows import VersionRow


@dataclass(frozen=True, kw_only=True)
class RestorePlan:
    """How many images would change, and in what way; an image may change in several."""

    version: VersionRow
    relabeled: int
    dropped: int
    restored: int
    moved: int
    images: int


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was changed; `batch` takes it back, None where nothing had to change."""

    plan: RestorePlan
    batch: str | None


@dataclass(frozen=True)
class _Step:
    image_id: int
    kind: EventKind
    old: str
    new: str


def preview(workspace: Workspace, version: str, *, dataset_id: int | None = None) -> RestorePlan:
    """Return what `restore` would change.

    Raises:
        UnknownVersionError: If there is no such version.
    """
    with workspace.reading() as session:
        row = _version(session, version, dataset_id)
        return _plan(row, _steps(session, row))


def restore(
    workspace: Workspace, version: str, *, annotator: str, dataset_id: int | None = None
) -> Restored:
    """Give every image of the version's data set the label, state and split it had then.

    Images that came later, or were dropped then, are dropped. Freezing afterwards gives the
    version's id again. Tags stay as they are.

    Raises:
        UnknownVersionError: If there is no such version.
    """
    batch, now = uuid4().hex, datetime.now(UTC)
    with workspace.writing() as session:
        row = _version(session, version, dataset_id)
        steps = _steps(session, row)
        reason = f"restore {row.digest}"
        _apply(session, steps, reason)
        labels.append(
            session,
            (
                labels.NewEvent(
                    image_id=step.image_id,
                    annotator=annotator,
                    kind=step.kind,
                    old=step.old,
                    new=step.new,
                    reason=reason,
                    batch=batch,
                    undoes=None,
                    at=now,
                )
                for step in steps
            ),
        )
        if steps:
            datasets.raise_revision(session, row.dataset_id)
    return Restored(plan=_plan(row, steps), batch=batch if steps else None)


def _version(session: Session, version: str, dataset_id: int | None) -> VersionRow:
    found = stored.by_digest(session, version, dataset_id=dataset_id)
    if found is None:
        raise UnknownVersionError(version)
    return found


def _steps(session: Session, version: VersionRow) -> list[_Step]:
    """Return every single change that leads from the data set now to the version."""
    then = {one.image_id: one for one in standings.of_version(session, version.id)}
    now = standings.of_dataset(session, version.dataset_id)
    return [step for one in now for step in _steps_of(one, then.get(one.image_id))]


def _steps_of(now: Standing, then: Standing | None) -> Iterable[_Step]:
    if then is None:
        if now.state is ImageState.KEPT:
            yield _Step(now.image_id, EventKind.DROP, now.state, ImageState.DROPPED)
        return
    if now.state is ImageState.DROPPED:
        yield _Step(now.image_id, EventKind.RESTORE, now.state, ImageState.KEPT)
    if now.label is not then.label:
        yield _Step(now.image_id, EventKind.LABEL, now.label, then.label)
    if now.split is not then.split:
        yield _Step(now.image_id, EventKind.SPLIT, now.split, then.split)


def _plan(version: VersionRow, steps: list[_Step]) -> RestorePlan:
    def n(kind: EventKind) -> int:
        return sum(step.kind is kind for step in steps)

    return RestorePlan(
        version=version,
        relabeled=n(EventKind.LABEL),
        dropped=n(EventKind.DROP),
        restored=n(EventKind.RESTORE),
        moved=n(EventKind.SPLIT),
        images=len({step.image_id for step in steps}),
    )


def _apply(session: Session, steps: list[_Step], reason: str) -> None:
    """Store what the steps say, one statement a kind and value."""
    changes: dict[tuple[EventKind, str], list[int]] = {}
    for step in steps:
        changes.setdefault((step.kind, step.new), []).append(step.image_id)
    for (kind, value), image_ids in changes.items():
        if kind is EventKind.LABEL:
            labels.set_labels(session, image_ids, Emotion(value))
        elif kind is EventKind.SPLIT:
            labels.set_splits(session, image_ids, Split(value))
        else:
            dropped = kind is EventKind.DROP
            why = reason if dropped else None
            labels.set_state(session, image_ids, ImageState(value), reason=why)
