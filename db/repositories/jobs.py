"""The job table: every move of a job is one conditional UPDATE, so that no two processes race."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, aliased

from db.enums import JobKind, JobStatus
from db.models import Job, Run
from db.rows import JobRow

UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)
MESSAGE_LENGTH = 300


def add(session: Session, kind: JobKind, payload: dict[str, Any], *, now: datetime) -> JobRow:
    """Store a queued job and return it."""
    job = Job(
        kind=kind,
        payload=payload,
        status=JobStatus.QUEUED,
        progress=0.0,
        message="",
        attempt=0,
        cancel_requested=False,
        queued_at=now,
    )
    session.add(job)
    session.flush()
    return _row(job)


def set_payload(session: Session, job_id: int, payload: dict[str, Any]) -> None:
    """Give a job that is being made what its handler reads."""
    session.execute(update(Job).where(Job.id == job_id).values(payload=payload))


def find(session: Session, job_id: int) -> JobRow | None:
    """Return the job with this id, or None where there is none."""
    job = session.get(Job, job_id)
    return _row(job) if job else None


def newest(session: Session, limit: int) -> list[JobRow]:
    """Return the newest jobs, newest first."""
    statement = select(Job).order_by(Job.id.desc()).limit(limit)
    return [_row(job) for job in session.scalars(statement)]


def with_status(session: Session, statuses: Sequence[JobStatus]) -> list[JobRow]:
    """Return all jobs that stand so, oldest first."""
    statement = select(Job).where(Job.status.in_(statuses)).order_by(Job.id)
    return [_row(job) for job in session.scalars(statement)]


def next_queued(session: Session) -> int | None:
    """Return the id of the oldest queued job that may start now, or None."""
    return session.scalar(select(Job.id).where(_may_start()).order_by(Job.id).limit(1))


def claim(session: Session, worker: str, *, now: datetime) -> JobRow | None:
    """Give the oldest job that may start to `worker` and return it running; None where none may.

    Safe between processes: the status is tested again in the UPDATE that changes it.
    """
    oldest = select(Job.id).where(_may_start()).order_by(Job.id).limit(1).scalar_subquery()
    values = {
        "status": JobStatus.RUNNING,
        "worker": worker,
        "attempt": Job.attempt + 1,
        "started_at": now,
        "heartbeat_at": now,
    }
    return _change(session, [Job.id == oldest, Job.status == JobStatus.QUEUED], values)


def beat(session: Session, held: JobRow, pid: int | None, *, now: datetime) -> JobRow | None:
    """Say that a held job's process lives; return the job, or None where its claim is lost."""
    return _change(session, _held(held), {"pid": pid, "heartbeat_at": now})


def report(session: Session, held: JobRow, progress: float, message: str) -> JobRow | None:
    """Store how far a held job is; return the job, or None where its claim is lost."""
    values = {"progress": progress, "message": message[:MESSAGE_LENGTH]}
    return _change(session, _held(held), values)


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
    return _change(session, _held(held), values)


def release(session: Session, held: JobRow, *, attempts: int, message: str) -> JobRow | None:
    """Put a held job back in the queue with this many attempts counted; None as in `finish`."""
    values = {
        "status": JobStatus.QUEUED,
        "attempt": attempts,
        "message": message[:MESSAGE_LENGTH],
        "worker": None,
        "pid": None,
    }
    return _change(session, _held(held), values)


def requeue(session: Session, job_id: int, *, now: datetime) -> JobRow | None:
    """Queue a failed or cancelled job afresh; return it, or None where it is neither."""
    conditions = [Job.id == job_id, Job.status.in_((JobStatus.FAILED, JobStatus.CANCELLED))]
    values = {
        "status": JobStatus.QUEUED,
        "attempt": 0,
        "cancel_requested": False,
        "message": "",
        "error": None,
        "queued_at": now,
        "started_at": None,
        "finished_at": None,
    }
    return _change(session, conditions, values)


def cancel_queued(session: Session, job_id: int, *, now: datetime) -> JobRow | None:
    """Cancel a job that has not started; return it, or None where it has."""
    conditions = [Job.id == job_id, Job.status == JobStatus.QUEUED]
    values = {"status": JobStatus.CANCELLED, "cancel_requested": True, "finished_at": now}
    return _change(session, conditions, values)


def ask_to_cancel(session: Session, job_id: int) -> JobRow | None:
    """Mark a running job to be stopped; return it, or None where it does not run."""
    conditions = [Job.id == job_id, Job.status == JobStatus.RUNNING]
    return _change(session, conditions, {"cancel_requested": True})


def silent_since(session: Session, moment: datetime, *, but_of: str) -> list[JobRow]:
    """Return running jobs of other workers than `but_of` without a heartbeat since `moment`."""
    conditions = [Job.status == JobStatus.RUNNING, Job.heartbeat_at < moment, Job.worker != but_of]
    return [_row(job) for job in session.scalars(select(Job).where(*conditions).order_by(Job.id))]


def _may_start() -> ColumnElement[bool]:
    """Return the condition of a queued job that does not wait for an older job of its run."""
    older = aliased(Job)
    waits = (
        select(older.id)
        .join(Run, Run.job_id == older.id)
        .where(
            Run.id == Job.payload["run"].as_integer(),
            older.id < Job.id,
            older.status.in_(UNFINISHED),
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


def _change(
    session: Session, conditions: Sequence[ColumnElement[bool]], values: dict[str, Any]
) -> JobRow | None:
    """Change the job that fulfils all conditions and return it as it is now, or None."""
    statement = (
        update(Job)
        .where(*conditions)
        .values(values)
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    job = session.scalars(statement).one_or_none()
    return _row(job) if job else None


def _row(job: Job) -> JobRow:
    return JobRow(
        id=job.id,
        kind=job.kind,
        payload=job.payload,
        status=job.status,
        progress=job.progress,
        message=job.message,
        error=job.error,
        attempt=job.attempt,
        cancel_requested=job.cancel_requested,
        worker=job.worker,
        pid=job.pid,
        queued_at=job.queued_at,
        started_at=job.started_at,
        heartbeat_at=job.heartbeat_at,
        finished_at=job.finished_at,
    )
