"""Long work: queue it, watch it, stop it, start it again. `core.jobs` does the working."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import JobStateError, UnknownJobError
from core.workspace import Workspace
from db.enums import JobKind, JobStatus
from db.repositories import jobs as stored
from db.rows import JobRow

FINISHED = frozenset({JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED})
TAIL_BYTES = 64 * 1024  # some hundred lines: more than a person reads of a log's end


def enqueue(workspace: Workspace, kind: JobKind, payload: dict[str, Any]) -> JobRow:
    """Queue a job and return it; `payload` is what its handler reads, ready for JSON."""
    with workspace.writing() as session:
        return stored.add(session, kind, payload, now=datetime.now(UTC))


def jobs(workspace: Workspace, *, limit: int = 100) -> list[JobRow]:
    """Return the newest jobs, newest first."""
    with workspace.reading() as session:
        return stored.newest(session, limit)


def unfinished(workspace: Workspace) -> list[JobRow]:
    """Return the jobs that are queued or running, oldest first."""
    with workspace.reading() as session:
        return stored.with_status(session, stored.UNFINISHED)


def find_job(workspace: Workspace, job_id: int) -> JobRow:
    """Return the job with this id.

    Raises:
        UnknownJobError: If there is none.
    """
    with workspace.reading() as session:
        job = stored.find(session, job_id)
    if job is None:
        raise UnknownJobError(job_id)
    return job


def request_cancel(workspace: Workspace, job_id: int) -> JobRow:
    """Cancel a queued job at once, have a running one stopped soon, leave a finished one.

    Raises:
        UnknownJobError: If there is no such job.
    """
    find_job(workspace, job_id)
    with workspace.writing() as session:
        # In this order: a job that starts between the two is still caught by the second.
        job = stored.cancel_queued(session, job_id, now=datetime.now(UTC))
        job = job or stored.ask_to_cancel(session, job_id)
    return job or find_job(workspace, job_id)


def requeue(workspace: Workspace, job_id: int) -> JobRow:
    """Queue a failed or cancelled job again and return it; training goes on from its checkpoint.

    Raises:
        UnknownJobError: If there is no such job.
        JobStateError: If it is neither failed nor cancelled.
    """
    with workspace.writing() as session:
        queued = stored.requeue(session, job_id, now=datetime.now(UTC))
    if queued is None:
        raise JobStateError(
            f"Job {job_id} is {find_job(workspace, job_id).status}; "
            "only failed and cancelled jobs can be resumed."
        )
    return queued


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
