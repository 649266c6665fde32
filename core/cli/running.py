"""Commands for the job queue."""

from collections.abc import Sequence
from typing import Annotated

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, say, size
from core.jobs.launch import ensure_supervisor
from core.services import job_lists, storage
from core.services import jobs as queue
from core.services.jobs import Place
from core.workspace import open_workspace
from db.enums import JobStatus
from db.rows import JobRow

JobId = Annotated[int, typer.Argument(help="Id of the job, from `feelingit jobs`.")]
JobIds = Annotated[
    list[int] | None, typer.Argument(help="Ids of jobs, from `feelingit jobs`.", show_default=False)
]
Grid = Annotated[str | None, typer.Option(help="Every job of this grid.")]
Everything = Annotated[bool, typer.Option("--all", help="Every job there is.")]


def list_jobs(
    limit: Annotated[int, typer.Option(min=1, help="How many of the first.")] = 20,
    status: Annotated[
        list[JobStatus] | None, typer.Option(help="Only those that stand so.")
    ] = None,
    grid: Annotated[str | None, typer.Option(help="Only those of this grid.")] = None,
    as_json: AsJson = False,
) -> None:
    """List jobs: what runs, what waits in the order in which it starts, then what has ended."""
    workspace = open_workspace()
    chosen = job_lists.JobFilter(statuses=status, grid=grid)
    found = job_lists.page(workspace, chosen, limit=limit)
    if as_json:
        emit_json({"jobs": [_document(job) for job in found]})
    elif found:
        rows = [
            (str(job.id), job.kind, _about(job), job.status, f"{job.progress:.0%}", job.grid or "",
             job.error or job.message)
            for job in found
        ]  # fmt: skip
        columns = ("job", "kind", "of", "status", "progress", "grid", "message")
        emit_table(f"Jobs, {len(found)} of {job_lists.total(workspace, chosen)}", columns, rows)
    else:
        emit_line("No such job; `feelingit train` and `feelingit grid` queue some.")


list_jobs.__name__ = "jobs"


def cancel(
    jobs: JobIds = None, grid: Grid = None, every: Everything = False, as_json: AsJson = False
) -> None:
    """Cancel waiting or running jobs; a checkpoint stays."""
    workspace = open_workspace()
    ids = _ids(jobs, grid, every)
    if ids is None:
        _show_all(queue.cancel_all(workspace, grid=grid), as_json=as_json)
    else:
        _show_each([queue.request_cancel(workspace, job) for job in ids], as_json=as_json)


def pause(
    jobs: JobIds = None, grid: Grid = None, every: Everything = False, as_json: AsJson = False
) -> None:
    """Let jobs rest: a waiting one at once, a running one as soon as it can keep what it did."""
    workspace = open_workspace()
    ids = _ids(jobs, grid, every)
    if ids is None:
        _show_all(queue.pause_all(workspace, grid=grid), as_json=as_json)
    else:
        _show_each([queue.request_pause(workspace, job) for job in ids], as_json=as_json)


def resume(
    jobs: JobIds = None, grid: Grid = None, every: Everything = False, as_json: AsJson = False
) -> None:
    """Let paused, failed or cancelled jobs go on from their checkpoint; --all is all paused."""
    workspace = open_workspace()
    ids = _ids(jobs, grid, every)
    if ids is None:
        changed = queue.resume_all(workspace, grid=grid)
    else:
        changed = [queue.requeue(workspace, job) for job in ids]
    ensure_supervisor(workspace)
    if ids is None:
        _show_all(changed, as_json=as_json)
    else:
        _show_each(changed, as_json=as_json)


def retry(job: JobId, as_json: AsJson = False) -> None:
    """Do a failed or cancelled job again from the beginning, without its checkpoint."""
    workspace = open_workspace()
    queued = storage.start_over(workspace, job)
    ensure_supervisor(workspace)
    _show_each([queued], as_json=as_json)


def move(
    job: JobId,
    to: Annotated[Place, typer.Argument(help="Where to in the order of starting.")] = Place.FRONT,
    as_json: AsJson = False,
) -> None:
    """Move a waiting job in the order in which jobs start."""
    place = queue.move(open_workspace(), job, to)
    if as_json:
        emit_json({"job": job, "place": place})
    else:
        emit_line(f"Job {job} is number {place + 1} of those that wait.")


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


def delete_run(
    run: Annotated[int, typer.Argument(help="Id of the run, from `feelingit runs`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a run for good: its jobs, figures, weights, predictions and logs."""
    workspace = open_workspace()
    n_bytes = storage.run_bytes(workspace, run)
    if not yes:
        typer.confirm(f"Delete run {run} and its files ({size(n_bytes)})?", abort=True, err=True)
    freed = storage.delete_run(workspace, run)
    if as_json:
        emit_json({"run": run, "bytes": freed})
    else:
        emit_line(f"Run {run} is deleted; {size(freed)} came free.")


delete_run.__name__ = "delete-run"


def _ids(jobs: list[int] | None, grid: str | None, every: bool) -> list[int] | None:
    """Return which jobs are meant, None where those of a grid or all."""
    if sum((bool(jobs), grid is not None, every)) != 1:
        raise typer.BadParameter("name jobs by their ids, or give --grid or --all")
    return jobs or None


def _show_each(jobs: Sequence[JobRow], *, as_json: bool) -> None:
    """Show jobs that were named; a single one as a document of its own."""
    if not as_json:
        for job in jobs:
            emit_line(f"Job {job.id} is {_standing(job)}.")
    elif len(jobs) == 1:
        emit_json(_document(jobs[0]))
    else:
        emit_json({"jobs": [_document(job) for job in jobs]})


def _show_all(jobs: Sequence[JobRow], *, as_json: bool) -> None:
    if as_json:
        emit_json({"jobs": [_document(job) for job in jobs]})
        return
    if not jobs:
        say("No job was changed.")
    for job in jobs:
        emit_line(f"Job {job.id} is {_standing(job)}.")


def _standing(job: JobRow) -> str:
    if job.status is JobStatus.RUNNING and job.cancel_requested:
        return "asked to stop"
    if job.status is JobStatus.RUNNING and job.pause_requested:
        return "asked to pause"
    return job.status


def _about(job: JobRow) -> str:
    """Return what a job is about: `run 3, smooth_grad`, or the name of a data set."""
    run, method = job.payload.get("run"), job.payload.get("method")
    if run is None:
        return str(job.payload.get("name", ""))
    return f"run {run}, {method}" if method else f"run {run}"


def _document(job: JobRow) -> dict[str, object]:
    return {
        "job": job.id,
        "kind": job.kind,
        "run": job.payload.get("run"),
        "method": job.payload.get("method"),
        "grid": job.grid,
        "status": job.status,
        "progress": job.progress,
        "message": job.message,
        "error": job.error,
        "attempt": job.attempt,
        "cancel_requested": job.cancel_requested,
        "pause_requested": job.pause_requested,
        "queued": job.queued_at.isoformat(),
        "started": job.started_at.isoformat() if job.started_at else None,
        "finished": job.finished_at.isoformat() if job.finished_at else None,
    }


COMMANDS = (list_jobs, cancel, pause, resume, retry, move, logs, delete_run)
