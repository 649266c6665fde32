"""The moves of a job between its states, each one transaction that only its holder can win."""

from datetime import UTC, datetime, timedelta

from core.errors import JobCancelledError, JobPausedError
from core.jobs import liveness
from core.services.jobs import tail
from core.workspace import Workspace
from db.enums import JobStatus
from db.repositories import jobs as stored
from db.rows import JobRow

ERROR_LOG_LINES = 15
INTERRUPTED = "Interrupted; goes on when a supervisor runs"


def claim(workspace: Workspace, worker: str) -> JobRow | None:
    """Give the job that is to start next to `worker` and return it; None where none may."""
    with workspace.reading() as session:  # an idle supervisor only reads: it blocks no writer
        if stored.next_queued(session) is None:
            return None
    with workspace.writing() as session:
        return stored.claim(session, worker, now=datetime.now(UTC))


def beat(workspace: Workspace, held: JobRow, pid: int | None) -> None:
    """Say that a held job's process lives; nothing where the claim is lost."""
    with workspace.writing() as session:
        stored.beat(session, held, pid, now=datetime.now(UTC))


def report(
    workspace: Workspace, held: JobRow, progress: float, message: str, *, may_pause: bool = True
) -> None:
    """Store how far a held job is, 0..1.

    Raises:
        JobCancelledError: If the job was asked to stop, or runs elsewhere by now.
        JobPausedError: If the job was asked to pause and `may_pause`.
    """
    with workspace.writing() as session:
        job = stored.report(session, held, progress, message)
    if job is None:
        raise JobCancelledError(f"Job {held.id} was taken from this process; it runs elsewhere.")
    if job.cancel_requested:
        raise JobCancelledError(f"Job {held.id} was cancelled.")
    if job.pause_requested and may_pause:
        raise JobPausedError(f"Job {held.id} was paused.")


def finish(
    workspace: Workspace, held: JobRow, status: JobStatus, error: str | None = None
) -> JobRow | None:
    """End a held job; return it, or None where its claim is lost or it has ended already."""
    with workspace.writing() as session:
        return stored.finish(session, held, status, error, now=datetime.now(UTC))


def pause(workspace: Workspace, held: JobRow) -> JobRow | None:
    """Let a held job rest; the attempt does not count. None as in `finish`."""
    attempts, message = held.attempt - 1, "Keeps what it did; resume it when you like"
    with workspace.writing() as session:
        return stored.release(session, held, JobStatus.PAUSED, attempts=attempts, message=message)


def hand_back(workspace: Workspace, held: JobRow, message: str = INTERRUPTED) -> None:
    """Queue a job that was interrupted by no fault of its own; the attempt does not count.

    It ends as cancelled or paused where that was asked for.
    """
    asked = _asked(workspace, held)
    if asked is JobStatus.CANCELLED:
        finish(workspace, held, asked)
        return
    with workspace.writing() as session:
        status = asked or JobStatus.QUEUED
        stored.release(session, held, status, attempts=held.attempt - 1, message=message)


def settle_lost(workspace: Workspace, held: JobRow, reason: str) -> None:
    """Queue a job whose process is gone for another attempt, or end it as cancelled or failed.

    It fails where it was lost before and got no further since: twice at one place is no accident.
    A long run may meet any number of reboots. `reason` is a clause on what happened; a failed job's
    error adds the end of its log. A job that was to pause does so.
    """
    asked = _asked(workspace, held)
    if asked is JobStatus.CANCELLED:
        finish(workspace, held, asked)
    elif _is_stuck(workspace, held):
        where = f"in attempt {held.attempt}, no further than the one before"
        settle_failed(workspace, held, f"{reason} {where}")
    else:
        # The attempt stays counted, so that no straggler of this claim holds the next one.
        attempts, message = held.attempt, f"The process {reason}; trying again"
        status = asked or JobStatus.QUEUED
        with workspace.writing() as session:
            stored.release(session, held, status, attempts=attempts, message=message, is_lost=True)


def settle_failed(workspace: Workspace, held: JobRow, reason: str) -> None:
    """End a job whose process left no word itself as cancelled or failed, with its log's end."""
    if _asked(workspace, held) is JobStatus.CANCELLED:
        finish(workspace, held, JobStatus.CANCELLED)
        return
    lines = tail(workspace.job_log(held.id), ERROR_LOG_LINES) or "(empty)"
    error = f"The job's process {reason}. The end of its log:\n{lines}"
    finish(workspace, held, JobStatus.FAILED, error)


def silent(workspace: Workspace, worker: str, since: timedelta) -> list[JobRow]:
    """Return the running jobs of other workers that gave no sign of life for so long."""
    with workspace.reading() as session:
        return stored.silent_since(session, datetime.now(UTC) - since, but_of=worker)


def adopt(workspace: Workspace, silent_job: JobRow) -> bool:
    """Give the sign of life for a silent job from now on; False where another one does already."""
    with workspace.writing() as session:
        return stored.wake(session, silent_job, now=datetime.now(UTC)) is not None


def reap(workspace: Workspace, worker: str, *, lost: timedelta, stale: timedelta) -> None:
    """Settle the jobs of other workers that gave no sign of life for longer than `stale`.

    After `lost` already where the worker was on this machine and has surely ended: killed, or the
    machine was started anew since. Its job has ended with it, then.
    """
    now = datetime.now(UTC)
    for job in silent(workspace, worker, lost):
        if job.worker is not None and liveness.is_gone(job.worker):
            settle_lost(workspace, job, "ended with the supervisor that watched it")
        elif job.heartbeat_at is not None and job.heartbeat_at < now - stale:
            settle_lost(workspace, job, f"gave no sign of life for {stale.total_seconds():.0f} s")


def _is_stuck(workspace: Workspace, held: JobRow) -> bool:
    """Return whether a job is no further than when its process was last lost."""
    with workspace.reading() as session:
        job = stored.find(session, held.id)
    return job is not None and job.lost_at is not None and job.progress <= job.lost_at


def _asked(workspace: Workspace, held: JobRow) -> JobStatus | None:
    """Return where a person wants a job to stand, cancelled or paused; None where nowhere."""
    with workspace.reading() as session:
        job = stored.find(session, held.id)
    if job is None:
        return None
    if job.cancel_requested:
        return JobStatus.CANCELLED
    return JobStatus.PAUSED if job.pause_requested else None
