"""The job table, as people move jobs: cancel, pause, go on, again, order, forget.

Every move is a conditional UPDATE, so that a job that starts or ends meanwhile is never taken for
what it was.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from db.enums import JobStatus
from db.models import Job
from db.repositories.jobs import START_ORDER, WAITING, change, job_row, last_position
from db.rows import JobRow

STOPPED = (JobStatus.FAILED, JobStatus.CANCELLED)


def cancel_waiting(session: Session, job_id: int, *, now: datetime) -> JobRow | None:
    """Cancel a job that waits or is paused; return it, or None where it does neither."""
    conditions = [Job.id == job_id, Job.status.in_(WAITING)]
    values = {"status": JobStatus.CANCELLED, "cancel_requested": True, "finished_at": now}
    return change(session, conditions, values)


def ask_to_cancel(session: Session, job_id: int) -> JobRow | None:
    """Mark a running job to be stopped; return it, or None where it does not run."""
    conditions = [Job.id == job_id, Job.status == JobStatus.RUNNING]
    return change(session, conditions, {"cancel_requested": True})


def pause_queued(session: Session, job_id: int) -> JobRow | None:
    """Pause a job that waits; return it, or None where it does not wait."""
    conditions = [Job.id == job_id, Job.status == JobStatus.QUEUED]
    return change(session, conditions, {"status": JobStatus.PAUSED})


def ask_to_pause(session: Session, job_id: int) -> JobRow | None:
    """Mark a running job to be paused; return it, or None where it does not run."""
    conditions = [Job.id == job_id, Job.status == JobStatus.RUNNING]
    return change(session, conditions, {"pause_requested": True})


def go_on(session: Session, job_id: int) -> JobRow | None:
    """Queue a paused job where it stood in the order; return it, or None where it is not paused."""
    conditions = [Job.id == job_id, Job.status == JobStatus.PAUSED]
    return change(session, conditions, {"status": JobStatus.QUEUED, "message": ""})


def stay_running(session: Session, job_id: int) -> JobRow | None:
    """Take back that a running job is to be paused; None where it neither runs nor is to be."""
    conditions = [Job.id == job_id, Job.status == JobStatus.RUNNING, Job.pause_requested.is_(True)]
    return change(session, conditions, {"pause_requested": False})


def requeue(session: Session, job_id: int, *, now: datetime) -> JobRow | None:
    """Queue a failed or cancelled job afresh, behind all others; None where it is neither."""
    values = {
        "status": JobStatus.QUEUED,
        "attempt": 0,
        "lost_at": None,
        "position": last_position(session) + 1,
        "cancel_requested": False,
        "pause_requested": False,
        "progress": 0.0,
        "message": "",
        "error": None,
        "queued_at": now,
        "started_at": None,
        "finished_at": None,
    }
    return change(session, [Job.id == job_id, Job.status.in_(STOPPED)], values)


def waiting(session: Session) -> list[int]:
    """Return the ids of jobs that wait or are paused, in the order in which they start."""
    statement = select(Job.id).where(Job.status.in_(WAITING)).order_by(*START_ORDER)
    return list(session.scalars(statement))


def reorder(session: Session, job_ids: Sequence[int]) -> None:
    """Let jobs start in this order; the last one gets position 0, where new jobs follow."""
    for place, job_id in enumerate(job_ids):
        values = {"position": place - len(job_ids) + 1}
        session.execute(update(Job).where(Job.id == job_id).values(values))


def of_run(session: Session, run_id: int) -> list[JobRow]:
    """Return the jobs that make or read a run, oldest first."""
    statement = select(Job).where(_is_of_run(run_id)).order_by(Job.id)
    return [job_row(job) for job in session.scalars(statement)]


def forget(session: Session, job_ids: Sequence[int]) -> None:
    """Delete jobs; whatever refers to them is deleted before."""
    session.execute(delete(Job).where(Job.id.in_(job_ids)))


def _is_of_run(run_id: int) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = Job.payload["run"].as_integer() == run_id
    return condition
