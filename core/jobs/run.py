"""The process of one job: `python -m core.jobs.run JOB_ID`, started by a supervisor."""

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from core.errors import FeelingItError, JobCancelledError, JobStateError
from core.jobs import transitions
from core.jobs.context import JobContext
from core.jobs.handlers import Handler, handler
from core.jobs.logs import log_to_stderr
from core.jobs.parent import end_with
from core.services.jobs import find_job
from core.workspace import Workspace, open_workspace
from db.enums import JobKind, JobStatus

NICENESS = 5  # the dashboard stays quick while all cores train

logger = logging.getLogger(__name__)


def run_job(
    workspace: Workspace, job_id: int, *, find_handler: Callable[[JobKind], Handler] = handler
) -> JobStatus:
    """Do the work of a claimed job, record how it ended and return that.

    Raises:
        UnknownJobError: If there is no such job.
        JobStateError: If no supervisor has claimed it.
    """
    job = find_job(workspace, job_id)
    if job.status is not JobStatus.RUNNING:
        raise JobStateError(f"Job {job_id} is {job.status}; only a supervisor starts jobs.")
    logger.info("Job %d (%s), attempt %d of %s", job.id, job.kind, job.attempt, job.worker)
    status, error = _outcome(JobContext(workspace, job), find_handler)
    transitions.finish(workspace, job, status, error)
    logger.info("Job %d: %s", job.id, status)
    return status


def _outcome(
    context: JobContext, find_handler: Callable[[JobKind], Handler]
) -> tuple[JobStatus, str | None]:
    """Run the handler and return how it ended, with one line on why where it failed."""
    try:
        find_handler(context.job.kind)(context)
    except JobCancelledError as stop:
        logger.info("%s", stop)
        return JobStatus.CANCELLED, None
    except Exception as error:
        logger.exception("Job %d failed", context.job.id)
        return JobStatus.FAILED, _in_one_line(error)
    return JobStatus.DONE, None


def _in_one_line(error: Exception) -> str:
    """Return our own errors as they are, others as a traceback's last entry begins."""
    if isinstance(error, FeelingItError):
        return str(error)
    return traceback.format_exception_only(error)[-1].splitlines()[0]


def main(
    arguments: Sequence[str] | None = None,
    *,
    find_handler: Callable[[JobKind], Handler] = handler,
) -> None:
    """Run the job named on the command line; exit status 0 only where it is done."""
    parser = argparse.ArgumentParser(description="Do the work of one claimed job.")
    parser.add_argument("job_id", type=int)
    parser.add_argument("--parent", type=int, help="end when this process does")
    options = parser.parse_args(arguments)
    if options.parent:
        end_with(options.parent)
    os.nice(NICENESS)
    log_to_stderr()
    status = run_job(open_workspace(), options.job_id, find_handler=find_handler)
    sys.exit(status is not JobStatus.DONE)


if __name__ == "__main__":
    main()
