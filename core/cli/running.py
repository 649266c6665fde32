"""Commands for the job queue."""

from typing import Annotated

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table
from core.jobs.launch import ensure_supervisor
from core.services import jobs as queue
from core.workspace import open_workspace
from db.rows import JobRow

JobId = Annotated[int, typer.Argument(help="Id of the job, from `feelingit jobs`.")]


def list_jobs(
    limit: Annotated[int, typer.Option(min=1, help="How many of the newest.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the newest jobs."""
    found = queue.jobs(open_workspace(), limit=limit)
    if as_json:
        emit_json({"jobs": [_document(job) for job in found]})
    elif found:
        rows = [
            (str(job.id), job.kind, job.status, f"{job.progress:.0%}", job.error or job.message)
            for job in found
        ]
        emit_table("Jobs", ("job", "kind", "status", "progress", "message"), rows)
    else:
        emit_line("No job yet; `feelingit train` queues one.")


list_jobs.__name__ = "jobs"


def cancel(job: JobId, as_json: AsJson = False) -> None:
    """Cancel a queued or running job; a checkpoint stays."""
    _show(queue.request_cancel(open_workspace(), job), as_json=as_json)


def resume(job: JobId, as_json: AsJson = False) -> None:
    """Queue a failed or cancelled job again; training goes on from its checkpoint."""
    workspace = open_workspace()
    queued = queue.requeue(workspace, job)
    ensure_supervisor(workspace)
    _show(queued, as_json=as_json)


def logs(
    job: JobId,
    lines: Annotated[int, typer.Option(min=1, help="How many of the last lines.")] = 40,
    as_json: AsJson = False,
) -> None:
    """Show the end of a job's log."""
    workspace = open_workspace()
    queue.find_job(workspace, job)
    tail = queue.log_tail(workspace, job, n_lines=lines)
    if as_json:
        emit_json({"job": job, "log": tail})
    else:
        emit_line(tail or f"Job {job} has written nothing yet.")


def _show(job: JobRow, *, as_json: bool) -> None:
    if as_json:
        emit_json(_document(job))
    elif job.cancel_requested and job.finished_at is None:
        emit_line(f"Job {job.id} is asked to stop.")
    else:
        emit_line(f"Job {job.id} is {job.status}.")


def _document(job: JobRow) -> dict[str, object]:
    return {
        "job": job.id,
        "kind": job.kind,
        "status": job.status,
        "progress": job.progress,
        "message": job.message,
        "error": job.error,
        "queued": job.queued_at.isoformat(),
        "started": job.started_at.isoformat() if job.started_at else None,
        "finished": job.finished_at.isoformat() if job.finished_at else None,
    }


COMMANDS = (list_jobs, cancel, resume, logs)
