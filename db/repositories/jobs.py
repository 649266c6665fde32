"""The job table, as whoever works on jobs moves them.

Every move of a job is one conditional UPDATE, so that no two processes race.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session, aliased

from db.enums import JobKind, JobStatus
from db.models import Job, Run
from db.rows import JobRow

UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)
START_ORDER = (Job.position, Job.id)
WAITING = (JobStatus.QUEUED, JobStatus.PAUSED)
MESSAGE_LENGTH = 300


def add(
    session: Session,
    kind: JobKind,
    payload: dict[str, Any],
    *,
    now: datetime,
    grid: str | None = None,
) -> JobRow:
    """Store a queued job, the last in the order of starting, and return it."""
    job = Job(
        kind=kind,
        payload=payload,
        status=JobStatus.QUEUED,
        progress=0.0,
        message="",
        attempt=0,
        cancel_requested=False,
        pause_requested=False,
        position=last_position(session),
        grid=grid,
        queued_at=now,
    )
    session.add(job)
    session.flush()
    return job_row(job)


def set_payload(session: Session, job_id: int, payload: dict[str, Any]) -> None:
    """Give a job that is being made what its handler reads."""
    session.execute(update(Job).where(Job.id == job_id).values(payload=payload))


def find(session: Session, job_id: int) -> JobRow | None:
    """Return the job with this id, or None where there is none."""
    job = session.get(Job, job_id)
    return job_row(job) if job else None


def newest(session: Session, limit: int) -> list[JobRow]:
    """Return the newest jobs, newest first."""
    statement = select(Job).order_by(Job.id.desc()).limit(limit)
    return [job_row(job) for job in session.scalars(statement)]


def with_status(session: Session, statuses: Sequence[JobStatus]) -> list[JobRow]:
    """Return all jobs that stand so, in the order in which they start."""
    statement = select(Job).where(Job.status.in_(statuses)).order_by(*START_ORDER)
    return [job_row(job) for job in session.scalars(statement)]


def next_queued(session: Session) -> int | None:
    """Return the id of the queued job that is to start next, or None where none may now."""
    return session.scalar(_next())


def claim(session: Session, worker: str, *, now: datetime) -> JobRow | None:
    """Give the job that is to start next to `worker`, return it running; None where none may.

    Safe between processes: the status is tested again in the UPDATE that changes it.
    """
    values = {
        "status": JobStatus.RUNNING,
        "pause_requested": False,
        "worker": worker,
        "attempt": Job.attempt + 1,
        "started_at": now,
        "heartbeat_at": now,
    }
    is_next = [Job.id == _next().scalar_subquery(), Job.status == JobStatus.QUEUED]
    return change(session, is_next, values)


def beat(session: Session, held: JobRow, pid: int | None, *, now: datetime) -> JobRow | None:
    """Say that a held job's process lives; return the job, or None where its claim is lost."""
    return change(session, _held(held), {"pid": pid, "heartbeat_at": now})


def wake(session: Session, silent: JobRow, *, now: datetime) -> JobRow | None:
    """Say that a silent job lives; return it, or None where somebody else did so already."""
    is_silent = [*_held(silent), Job.heartbeat_at == silent.heartbeat_at]
    return change(session, is_silent, {"heartbeat_at": now})


def report(session: Session, held: JobRow, progress: float, message: str) -> JobRow | None:
    """Store how far a held job is; return the job, or None where its claim is lost."""
    values = {"progress": progress, "message": message[:MESSAGE_LENGTH]}
    return change(session, _held(held), values)


def finish(
    session: Session, held: JobRow, status: JobStatus, error: str | None, *, now: datetime
) -> JobRow | None:
    """End a held job; return it, or None where its claim is lost."""
    values: dict[str, Any] = {
        "status": status,
        "error": error,
        "finished_at": now,
        "worker": None,
        "pid": None,
    }
    if status is JobStatus.DONE:
        values |= {"progress": 1.0, "message": "Done"}
    return change(session, _held(held), values)


def release(
    session: Session,
    held: JobRow,
    status: JobStatus,
    *,
    attempts: int,
    message: str,
    is_lost: bool = False,
) -> JobRow | None:
    """Let a held job wait (`queued` or `paused`) before all others, with so many attempts counted.

    Where its process `is_lost`, how far it was is kept.

    Returns:
        The job, or None where its claim is lost.
    """
    values: dict[str, Any] = {
        "status": status,
        "attempt": attempts,
        "position": first_position(session) - 1,
        "pause_requested": False,
        "message": message[:MESSAGE_LENGTH],
        "worker": None,
        "pid": None,
    }
    if is_lost:
        values["lost_at"] = Job.progress
    return change(session, _held(held), values)


def silent_since(session: Session, moment: datetime, *, but_of: str) -> list[JobRow]:
    """Return running jobs of other workers than `but_of` without a heartbeat since `moment`."""
    conditions = [Job.status == JobStatus.RUNNING, Job.heartbeat_at < moment, Job.worker != but_of]
    return [
        job_row(job) for job in session.scalars(select(Job).where(*conditions).order_by(Job.id))
    ]


def last_position(session: Session) -> int:
    """Return the position of the waiting job that is to start last; 0 where none waits."""
    highest = select(func.max(Job.position)).where(Job.status.in_(WAITING))
    return session.scalar(highest) or 0


def first_position(session: Session) -> int:
    """Return the position of the waiting job that is to start first; 0 where none waits."""
    lowest = select(func.min(Job.position)).where(Job.status.in_(WAITING))
    return session.scalar(lowest) or 0


def _next() -> Select[int]:
    """Return the query for the queued job that is to start next."""
    return select(Job.id).where(_may_start()).order_by(*START_ORDER).limit(1)


def _may_start() -> ColumnElement[bool]:
    """Return the condition of a queued job that does not wait for an older job of its run."""
    older = aliased(Job)
    waits = (
        select(older.id)
        .join(Run, Run.job_id == older.id)
        .where(
            Run.id == Job.payload["run"].as_integer(),
            older.id < Job.id,
            older.status.in_((*UNFINISHED, JobStatus.PAUSED)),
        )
        .correlate(Job)
        .exists()
    )
    return (Job.status == JobStatus.QUEUED) & ~waits


def _held(held: JobRow) -> list[ColumnElement[bool]]:
    """Return the conditions under which the claim that returned `held` still stands."""
    return [
        Job.id == held.id,
        Job.status == JobStatus.RUNNING,
        Job.worker == held.worker,
        Job.attempt == held.attempt,
    ]


def change(
    session: Session, conditions: Sequence[ColumnElement[bool]], values: dict[str, Any]
) -> JobRow | None:
    """Change the one job that fulfils all conditions and return it as it is now, or None."""
    statement = (
        update(Job)
        .where(*conditions)
        .values(values)
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    job = session.scalars(statement).one_or_none()
    return job_row(job) if job else None


def job_row(job: Job) -> JobRow:
    """Return a job as it is stored."""
    return JobRow(
        id=job.id,
        kind=job.kind,
        payload=job.payload,
        status=job.status,
        progress=job.progress,
        message=job.message,
        error=job.error,
        attempt=job.attempt,
        lost_at=job.lost_at,
        cancel_requested=job.cancel_requested,
        pause_requested=job.pause_requested,
        position=job.position,
        grid=job.grid,
        worker=job.worker,
        pid=job.pid,
        queued_at=job.queued_at,
        started_at=job.started_at,
        heartbeat_at=job.heartbeat_at,
        finished_at=job.finished_at,
    )
