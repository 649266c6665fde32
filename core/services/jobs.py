"""Long work: queue it, watch it, stop it, start it again. `core.jobs` does the working."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.errors import JobStateError, UnknownJobError
from core.workspace import Workspace
from db.enums import JobKind, JobStatus
from db.repositories import job_requests as requests
from db.repositories import jobs as stored
from db.rows import JobRow

FINISHED = frozenset({JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED})
AT_REST = FINISHED | {JobStatus.PAUSED}
TAIL_BYTES = 64 * 1024  # some hundred lines: more than a person reads of a log's end


class Place(StrEnum):
    """Where in the order of starting a waiting job is moved."""

    FRONT = "front"
    UP = "up"
    DOWN = "down"
    BACK = "back"


def enqueue(workspace: Workspace, kind: JobKind, payload: dict[str, Any]) -> JobRow:
    """Queue a job and return it; `payload` is what its handler reads, ready for JSON."""
    with workspace.writing() as session:
        return stored.add(session, kind, payload, now=datetime.now(UTC))


def jobs(workspace: Workspace, *, limit: int = 100) -> list[JobRow]:
    """Return the newest jobs, newest first."""
    with workspace.reading() as session:
        return stored.newest(session, limit)


def unfinished(workspace: Workspace) -> list[JobRow]:
    """Return the jobs that are queued or running, in the order in which they start."""
    with workspace.reading() as session:
        return stored.with_status(session, stored.UNFINISHED)


def n_ahead(workspace: Workspace, job_id: int) -> int:
    """Return how many jobs run, or start before this one does; 0 once it has started."""
    found = unfinished(workspace)
    waiting = [job.id for job in found if job.status is JobStatus.QUEUED]
    if job_id not in waiting:
        return 0
    return len(found) - len(waiting) + waiting.index(job_id)


def under_way(workspace: Workspace, kind: JobKind, about: Mapping[str, Any]) -> JobRow | None:
    """Return the queued or running job of a kind whose payload says this, if there is one."""
    alike = (job for job in unfinished(workspace) if job.kind is kind)
    return next((job for job in alike if about.items() <= job.payload.items()), None)


def is_work_left(workspace: Workspace) -> bool:
    """Return whether a job runs or may start now; one that waits for a paused one may not."""
    with workspace.reading() as session:
        running = stored.with_status(session, [JobStatus.RUNNING])
        return bool(running) or stored.next_queued(session) is not None


def find_job(workspace: Workspace, job_id: int) -> JobRow:
    """Return the job with this id.

    Raises:
        UnknownJobError: If there is none.
    """
    with workspace.reading() as session:
        return _find(session, job_id)


def request_cancel(workspace: Workspace, job_id: int) -> JobRow:
    """Cancel a waiting job at once, have a running one stopped soon, leave a finished one.

    Raises:
        UnknownJobError: If there is no such job.
    """
    with workspace.writing() as session:
        job = _find(session, job_id)
        return _cancel(session, job_id) or job


def request_pause(workspace: Workspace, job_id: int) -> JobRow:
    """Pause a queued job at once; a running one when it next can keep what it did.

    Training can within seconds, with a checkpoint. A paused job is left as it is.

    Raises:
        UnknownJobError: If there is no such job.
        JobStateError: If it is finished.
    """
    with workspace.writing() as session:
        job = _find(session, job_id)
        if job.status in FINISHED:
            raise JobStateError(f"Job {job_id} is {job.status}; only unfinished jobs can pause.")
        return _pause(session, job_id) or job


def requeue(workspace: Workspace, job_id: int) -> JobRow:
    """Queue a paused, failed or cancelled job again; training goes on from its checkpoint.

    Raises:
        UnknownJobError: If there is no such job.
        JobStateError: If it is none of these.
    """
    with workspace.writing() as session:
        job = _find(session, job_id)
        resumed = _go_on(session, job_id) or requests.requeue(
            session, job_id, now=datetime.now(UTC)
        )
        if resumed is None:
            raise JobStateError(
                f"Job {job_id} is {job.status}; only paused, failed and cancelled jobs can be "
                "resumed."
            )
        return resumed


def cancel_all(workspace: Workspace, *, grid: str | None = None) -> list[JobRow]:
    """Cancel every unfinished job (of a grid) and return them as they are now."""
    return _with_each(workspace, grid, _cancel)


def pause_all(workspace: Workspace, *, grid: str | None = None) -> list[JobRow]:
    """Pause every queued or running job (of a grid) and return them as they are now."""
    return _with_each(workspace, grid, _pause)


def resume_all(workspace: Workspace, *, grid: str | None = None) -> list[JobRow]:
    """Let every paused job (of a grid) go on and return them as they are now."""
    return _with_each(workspace, grid, _go_on)


def move(workspace: Workspace, job_id: int, place: Place) -> int:
    """Move a waiting job in the order of starting and return its place there, from 0.

    Raises:
        UnknownJobError: If there is no such job.
        JobStateError: If it does not wait.
    """
    with workspace.writing() as session:
        job = _find(session, job_id)
        order = requests.waiting(session)
        if job_id not in order:
            raise JobStateError(f"Job {job_id} is {job.status}; only waiting jobs have an order.")
        was = order.index(job_id)
        last = len(order) - 1
        places = {
            Place.FRONT: 0,
            Place.UP: max(0, was - 1),
            Place.DOWN: min(last, was + 1),
            Place.BACK: last,
        }
        order.insert(places[place], order.pop(was))
        requests.reorder(session, order)
        return places[place]


def log_tail(workspace: Workspace, job_id: int, *, n_lines: int = 40) -> str:
    """Return the last lines of a job's log; empty where it has written nothing."""
    return tail(workspace.job_log(job_id), n_lines)


def tail(path: Path, n_lines: int) -> str:
    """Return the last lines of a text file, without its final line break; empty without a file."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(text.rstrip().splitlines()[-n_lines:])


def _find(session: Session, job_id: int) -> JobRow:
    job = stored.find(session, job_id)
    if job is None:
        raise UnknownJobError(job_id)
    return job


def _cancel(session: Session, job_id: int) -> JobRow | None:
    # In this order: a job that starts between the two is still caught by the second.
    cancelled = requests.cancel_waiting(session, job_id, now=datetime.now(UTC))
    return cancelled or requests.ask_to_cancel(session, job_id)


def _pause(session: Session, job_id: int) -> JobRow | None:
    return requests.pause_queued(session, job_id) or requests.ask_to_pause(session, job_id)


def _go_on(session: Session, job_id: int) -> JobRow | None:
    return requests.go_on(session, job_id) or requests.stay_running(session, job_id)


def _with_each(
    workspace: Workspace, grid: str | None, ask: Callable[[Session, int], JobRow | None]
) -> list[JobRow]:
    """Ask for the same of every unfinished job (of a grid); return those that were changed.

    The last to start comes first, so that no job starts because those before it were taken away.
    """
    with workspace.writing() as session:
        found = stored.with_status(session, (*stored.UNFINISHED, JobStatus.PAUSED))
        chosen = [job.id for job in reversed(found) if grid in (None, job.grid)]
        changed = [ask(session, job_id) for job_id in chosen]
    return [job for job in reversed(changed) if job is not None]
