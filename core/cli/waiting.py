"""Waiting for a job at the terminal."""

import time

from core.cli.output import progress_bar, say
from core.jobs.launch import ensure_supervisor
from core.services.jobs import FINISHED, find_job, is_work_left, n_ahead
from core.workspace import Workspace
from db.rows import JobRow

POLL_S = 0.5


def wait_for_job(workspace: Workspace, job_id: int, what: str) -> JobRow:
    """Show a job's progress on stderr until it is done, failed or cancelled, and return it.

    Where other jobs come first, that is said. A supervisor that is killed meanwhile is started
    again. Ctrl+C stops the waiting, not the job.
    """
    ahead = n_ahead(workspace, job_id)
    if ahead:
        jobs = "1 job that comes" if ahead == 1 else f"{ahead} jobs that come"
        say(f"{what}: job {job_id} waits for {jobs} first; `feelingit jobs` shows the queue.")
    with progress_bar(what) as bar:
        while (job := find_job(workspace, job_id)).status not in FINISHED:
            message = f", {job.message}" if job.message else ""
            bar.update(round(100 * job.progress), 100, f"{what} {job.status}{message}")
            if is_work_left(workspace):  # not while it is paused
                ensure_supervisor(workspace)
            time.sleep(POLL_S)
    return job
