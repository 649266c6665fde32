"""What the workspace takes on disk, and deleting runs with everything they left."""

import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from core.errors import JobStateError, UnknownRunError
from core.services.jobs import find_job, requeue
from core.workspace import DATABASE_NAME, Workspace
from db.enums import JobKind, JobStatus
from db.repositories import job_requests
from db.repositories import runs as stored
from db.rows import JobRow


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Bytes on the workspace's disk; `database` is 0 where it is a server's."""

    database: int
    versions: int
    runs: int
    other: int
    free: int

    @property
    def total(self) -> int:
        """Return all bytes of the workspace."""
        return self.database + self.versions + self.runs + self.other


def usage(workspace: Workspace) -> Usage:
    """Return what the parts of the workspace take on disk."""
    root = workspace.data_dir
    database = sum(_bytes(path) for path in root.glob(f"{DATABASE_NAME}*"))
    versions, runs = _bytes(workspace.versions_dir), _bytes(root / "runs")
    return Usage(
        database=database,
        versions=versions,
        runs=runs,
        other=_bytes(root) - database - versions - runs,
        free=shutil.disk_usage(root).free,
    )


def run_bytes(workspace: Workspace, run_id: int) -> int:
    """Return what a run's folder takes: checkpoint, weights, predictions, maps."""
    return _bytes(workspace.run_dir(run_id))


def delete_run(workspace: Workspace, run_id: int) -> int:
    """Delete a run with its jobs, figures, files and logs, and return the bytes that came free.

    What waits in the queue for this run goes with it.

    Raises:
        UnknownRunError: If there is no such run.
        JobStateError: If one of its jobs runs.
    """
    with workspace.writing() as session:
        job_ids = [job.id for job in _jobs_at_rest(session, run_id)]
        stored.forget(session, run_id)
        job_requests.forget(session, job_ids)
        # Before the commit: files that cannot go keep the rows that speak of them.
        _set_aside(workspace, _files(workspace, run_id, job_ids))
    return _empty_trash(workspace)


def start_over(workspace: Workspace, job_id: int) -> JobRow:
    """Queue a failed or cancelled job again as if it were new, without what it kept so far.

    Raises:
        UnknownJobError: If there is no such job.
        JobStateError: If it is neither failed nor cancelled.
    """
    job = find_job(workspace, job_id)
    if job.status not in job_requests.STOPPED:
        raise JobStateError(
            f"Job {job_id} is {job.status}; only failed and cancelled jobs can start over."
        )
    folders = [workspace.job_dir(job_id)]
    if job.kind is JobKind.TRAIN:
        folders.append(workspace.run_dir(int(job.payload["run"])))
    _set_aside(workspace, [folder for folder in folders if folder.exists()])
    _empty_trash(workspace)
    return requeue(workspace, job_id)


def _jobs_at_rest(session: Session, run_id: int) -> list[JobRow]:
    """Return the jobs of a run, none of which runs."""
    if stored.find(session, run_id) is None:
        raise UnknownRunError(str(run_id))
    jobs = job_requests.of_run(session, run_id)
    running = [job.id for job in jobs if job.status is JobStatus.RUNNING]
    if running:
        raise JobStateError(
            f"Run {run_id} cannot be deleted while its job {running[0]} runs; cancel that first."
        )
    return jobs


def _files(workspace: Workspace, run_id: int, job_ids: list[int]) -> list[Path]:
    logs = [workspace.job_log(job_id) for job_id in job_ids]
    folders = [workspace.job_dir(job_id) for job_id in job_ids]
    return [path for path in (workspace.run_dir(run_id), *logs, *folders) if path.exists()]


def _set_aside(workspace: Workspace, paths: list[Path]) -> None:
    """Move files and folders out of the way, each in one step."""
    folder = _trash(workspace) / uuid.uuid4().hex
    folder.mkdir(parents=True)
    for number, path in enumerate(paths):
        path.rename(folder / f"{number}-{path.name}")


def _empty_trash(workspace: Workspace) -> int:
    """Delete what was set aside, now or before an interruption, and return its bytes."""
    freed = _bytes(_trash(workspace))
    shutil.rmtree(_trash(workspace), ignore_errors=True)  # what resists goes the next time
    return freed


def _trash(workspace: Workspace) -> Path:
    return workspace.data_dir / "trash"


def _bytes(path: Path) -> int:
    """Return the size of a file, or of all files in a folder; 0 where there is none.

    Files that a running job removes meanwhile do not count.
    """
    try:
        if not path.is_dir():
            return path.stat().st_size
        with os.scandir(path) as entries:
            return sum(_bytes(Path(entry.path)) for entry in entries)
    except FileNotFoundError:
        return 0
