"""The process of one job: `python -m core.jobs.run JOB_ID`, started by a supervisor."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from sqlalchemy.exc import OperationalError

from core.errors import JobCancelledError, JobPausedError, JobStateError
from core.jobs import transitions
from core.jobs.claims import claim_token
from core.jobs.context import JobContext
from core.jobs.failures import DISK_FULL_STATUS, in_one_line, is_disk_full
from core.jobs.handlers import Handler, handler
from core.jobs.logs import log_to_stderr
from core.jobs.parent import end_with
from core.services.jobs import find_job
from core.workspace import Workspace, open_workspace
from db.enums import JobKind, JobStatus

NICENESS = 10  # the dashboard gets nine tenths of a core that both want

logger = logging.getLogger(__name__)


def run_job(
    workspace: Workspace,
    job_id: int,
    *,
    claim: str | None = None,
    find_handler: Callable[[JobKind], Handler] = handler,
) -> JobStatus:
    """Do the work of a claimed job, record how it ended and return that.

    Args:
        workspace: Where it is.
        job_id: Which job.
        claim: The token of the claim that this is for; a queue may have held the process up.
        find_handler: What does the work of a kind of job.

    Raises:
        UnknownJobError: If there is no such job.
        JobStateError: If no supervisor has claimed it, or another one did since.
    """
    job = find_job(workspace, job_id)
    if job.status is not JobStatus.RUNNING:
        raise JobStateError(f"Job {job_id} is {job.status}; only a supervisor starts jobs.")
    if claim not in (None, claim_token(job)):
        raise JobStateError(f"Job {job_id} was claimed anew; this process comes too late.")
    logger.info("Job %d (%s), attempt %d of %s", job.id, job.kind, job.attempt, job.worker)
    status, error = _outcome(JobContext(workspace, job), find_handler)
    if status is JobStatus.PAUSED:
        transitions.pause(workspace, job)
    else:
        transitions.finish(workspace, job, status, error)
    logger.info("Job %d: %s", job.id, status)
    return status


def _outcome(
    context: JobContext, find_handler: Callable[[JobKind], Handler]
) -> tuple[JobStatus, str | None]:
    """Run the handler and return where the job stands now, with one line on why it failed."""
    try:
        find_handler(context.job.kind)(context)
    except JobCancelledError as stop:
        logger.info("%s", stop)
        return JobStatus.CANCELLED, None
    except JobPausedError as stop:
        logger.info("%s", stop)
        return JobStatus.PAUSED, None
    except Exception as error:
        logger.exception("Job %d failed", context.job.id)
        return JobStatus.FAILED, in_one_line(error, context.workspace, context.job.id)
    return JobStatus.DONE, None


def main(
    arguments: Sequence[str] | None = None,
    *,
    find_handler: Callable[[JobKind], Handler] = handler,
) -> None:
    """Run the job named on the command line; exit status 0 where it is done or paused."""
    parser = argparse.ArgumentParser(description="Do the work of one claimed job.")
    parser.add_argument("job_id", type=int)
    parser.add_argument("--parent", type=int, help="end when this process does")
    parser.add_argument("--claim", help="end at once if the job was claimed anew since")
    options = parser.parse_args(arguments)
    if options.parent:
        end_with(options.parent)
    os.nice(NICENESS)
    log_to_stderr()
    work = partial(run_job, job_id=options.job_id, claim=options.claim, find_handler=find_handler)
    _leave(_status_of(open_workspace(), work))


def _status_of(workspace: Workspace, work: Callable[[Workspace], JobStatus]) -> int:
    """Do the work of a job and return its process's exit status."""
    try:
        status = work(workspace)
    except OperationalError as error:
        if not is_disk_full(error, workspace.data_dir):
            raise
        logger.exception("The job cannot say how it ended")
        return DISK_FULL_STATUS
    return 0 if status in (JobStatus.DONE, JobStatus.PAUSED) else 1


def _leave(status: int) -> NoReturn:
    """End the process at once: all is written, and libraries take seconds to tidy themselves."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
