"""Waiting for a job at the terminal."""

import time

from core.cli.output import progress_bar
from core.jobs.launch import ensure_supervisor
from core.services.jobs import FINISHED, find_job, is_work_left
from core.workspace import Workspace
from db.rows import JobRow

POLL_S = 0.5


def wait_for_job(workspace: Workspace, job_id: int, what: str) -> JobRow:
    """Show a job's progress on stderr until it is done, failed or cancelled, and return it.

    A supervisor that is killed meanwhile is started again. Ctrl+C stops the waiting, not the job.
    """
    with progress_bar(what) as bar:
        while (job := find_job(workspace, job_id)).status not in FINISHED:
            message = f", {job.message}" if job.message else ""
            bar.update(round(100 * job.progress), 100, f"{what} {job.status}{message}")
            if is_work_left(workspace):  # not while it is paused
                ensure_supervisor(workspace)
            time.sleep(POLL_S)
    return job
