"""Queues: which faces an annotator sees, in which order, and that no two get the same one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
from sqlalchemy.exc import IntegrityError

from core.services.queue_orders import Ids, conflicting, listed
from core.services.queue_specs import QUERY_NAMES, SETTLED_SLICES, QueueKind, QueueSpec
from core.workspace import Workspace
from db.repositories import claims
from db.repositories import queues as stored
from db.repositories.queues import Condition, Wanted

__all__ = [
    "QUERY_NAMES",
    "SETTLED_SLICES",
    "QueueKind",
    "QueueSpec",
    "count",
    "next_ids",
    "page",
    "position_of",
]

CLAIM = timedelta(minutes=2)
SESSION = timedelta(hours=12)  # what a claimant judged stays theirs for a day's work
CHUNK = 500
CLAIM_TRIES = 5
# The database keeps the order of these; those of the others are lists in memory.
_ORDERED = (QueueKind.ALL, QueueKind.LIKELY_WRONG)


def page(
    workspace: Workspace, dataset_id: int, spec: QueueSpec, *, start: int = 0, limit: int = 200
) -> list[int]:
    """Return the ids of a queue from a position on, in its order; claims are not looked at."""
    if spec.kind in _ORDERED:
        with workspace.reading() as session:
            wanted = _wanted(dataset_id, spec)
            return stored.ids(session, wanted, start=start, limit=limit)
    return [int(found) for found in _members(workspace, dataset_id, spec)[start : start + limit]]


def count(workspace: Workspace, dataset_id: int, spec: QueueSpec) -> int:
    """Return how many faces a queue holds."""
    if spec.kind in _ORDERED:
        with workspace.reading() as session:
            return stored.count(session, _wanted(dataset_id, spec))
    return len(_members(workspace, dataset_id, spec))


def position_of(workspace: Workspace, dataset_id: int, spec: QueueSpec, image_id: int) -> int:
    """Return how many faces of a queue come before an image, which may have left the queue."""
    if spec.kind in _ORDERED:
        with workspace.reading() as session:
            return stored.count_before(session, _wanted(dataset_id, spec), image_id)
    order = listed(workspace, dataset_id, spec)
    before = order[: _place(order, image_id)]
    return int(np.isin(before, _members(workspace, dataset_id, spec)).sum())


def next_ids(
    workspace: Workspace,
    dataset_id: int,
    spec: QueueSpec,
    *,
    annotator: str,
    after_id: int | None,
    limit: int,
) -> list[int]:
    """Return the next faces of a queue after an image, None for its start, and claim them.

    Faces that somebody else has claimed, or has claimed and judged in the last 12 hours, are left
    out. A claim lasts 2 minutes. For second opinions nothing is claimed: faces that this annotator
    judged already are left out instead.
    """
    if after_id is None:
        _forget_claims(workspace)
    found: list[int] = []
    for chunk in _chunks(workspace, dataset_id, spec, after_id, limit):
        room = limit - len(found)
        if spec.second_opinion:
            with workspace.reading() as session:
                judged = stored.judged_by(session, annotator, chunk)
            found += [image_id for image_id in chunk if image_id not in judged][:room]
        else:
            queue = f"{dataset_id}:{spec.key}"
            found += _claim(workspace, queue, chunk, annotator=annotator, limit=room)
        if len(found) >= limit:
            break
    return found


def _wanted(dataset_id: int, spec: QueueSpec) -> Wanted:
    return Wanted(
        dataset_id=dataset_id,
        state=spec.state,
        split=spec.split,
        emotion=spec.emotion,
        tag=spec.tag,
        condition=(
            Condition.LIKELY_WRONG if spec.kind is QueueKind.LIKELY_WRONG else Condition.NONE
        ),
    )


def _chunks(
    workspace: Workspace, dataset_id: int, spec: QueueSpec, after_id: int | None, limit: int
) -> Iterator[list[int]]:
    """Yield the members of a queue after an image, a few more at once than are asked for."""
    wanted = _wanted(dataset_id, spec)
    if spec.kind in _ORDERED:
        chunk = _ids_after(workspace, wanted, after_id, limit=limit)
        while chunk:
            yield chunk
            chunk = _ids_after(workspace, wanted, chunk[-1], limit=CHUNK)
        return
    order = listed(workspace, dataset_id, spec)
    start = 0 if after_id is None else _place(order, after_id, behind=True)
    size = 4 * limit
    while start < len(order):
        part = [int(image_id) for image_id in order[start : start + size]]
        yield _among(workspace, dataset_id, spec, part)
        start, size = start + size, CHUNK


def _ids_after(
    workspace: Workspace, wanted: Wanted, after_id: int | None, *, limit: int
) -> list[int]:
    with workspace.reading() as session:
        return stored.ids(session, wanted, after_id=after_id, limit=limit)


def _place(order: Ids, image_id: int, *, behind: bool = False) -> int:
    """Return the index of an image in an order, or of the one after it.

    An image that left an order by id is looked for by its id; 0 in any other order.
    """
    found = np.flatnonzero(order == image_id)
    if found.size:
        return int(found[0]) + int(behind)
    is_ascending = bool(np.all(order[1:] > order[:-1]))
    return int(np.searchsorted(order, image_id)) if is_ascending else 0


def _members(workspace: Workspace, dataset_id: int, spec: QueueSpec) -> Ids:
    """Return the members of a queue whose order is a list, in that order."""
    order = listed(workspace, dataset_id, spec)
    if len(order) > CHUNK and spec.kind is not QueueKind.CONFLICTING:
        wanted = _wanted(dataset_id, spec)
        return order[np.isin(order, _matching(workspace, wanted, _revision(workspace, dataset_id)))]
    found = _among(workspace, dataset_id, spec, [int(image_id) for image_id in order])
    return np.array(found, dtype=np.int64)


def _among(
    workspace: Workspace, dataset_id: int, spec: QueueSpec, image_ids: list[int]
) -> list[int]:
    """Return the members of a queue among images of its list, in their order."""
    if spec.kind is QueueKind.CONFLICTING:
        revision = _revision(workspace, dataset_id)
        held = conflicting(workspace, dataset_id, revision)
        image_ids = [image_id for image_id in image_ids if image_id in held]
    with workspace.reading() as session:
        members = stored.among(session, _wanted(dataset_id, spec), image_ids)
    return [image_id for image_id in image_ids if image_id in members]


def _revision(workspace: Workspace, dataset_id: int) -> int:
    with workspace.reading() as session:
        return stored.revision(session, dataset_id)


@lru_cache(maxsize=32)
def _matching(workspace: Workspace, wanted: Wanted, revision: int) -> Ids:
    """Return all images that match at a revision of their data set, ascending."""
    with workspace.reading() as session:
        return np.array(stored.ids(session, wanted), dtype=np.int64)


def _forget_claims(workspace: Workspace) -> None:
    """Delete claims that hold nothing any more, so that their table stays small."""
    with workspace.writing() as session:
        claims.forget(session, before=datetime.now(UTC) - SESSION)


def _claim(
    workspace: Workspace, queue: str, image_ids: list[int], *, annotator: str, limit: int
) -> list[int]:
    """Claim the first of these images that are free, and return them."""
    for _ in range(CLAIM_TRIES):
        try:
            return _try_to_claim(workspace, queue, image_ids, annotator=annotator, limit=limit)
        except IntegrityError:  # somebody else claimed one of them at this moment: look again
            continue
    return []


def _try_to_claim(
    workspace: Workspace, queue: str, image_ids: list[int], *, annotator: str, limit: int
) -> list[int]:
    now = datetime.now(UTC)
    with workspace.writing() as session:
        held = claims.held(
            session,
            queue,
            image_ids,
            annotator=annotator,
            now=now,
            judged_after=now - SESSION,
        )
        free = [image_id for image_id in image_ids if image_id not in held][:limit]
        claims.claim(session, queue, free, annotator=annotator, expires_at=now + CLAIM)
        return free
