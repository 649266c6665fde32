"""Queueing, cancelling and resuming jobs, as pages and commands do."""

import pytest

from core.errors import JobStateError, UnknownJobError
from core.services.jobs import (
    enqueue,
    find_job,
    jobs,
    log_tail,
    request_cancel,
    requeue,
    unfinished,
)
from db.enums import JobKind, JobStatus
from db.repositories import jobs as stored


@pytest.fixture
def job(workspace):
    return enqueue(workspace, JobKind.TRAIN, {"run": 1})


@pytest.fixture
def running(workspace, job):
    with workspace.writing() as session:
        return stored.claim(session, "me", now=job.queued_at)


def test_a_new_job_is_queued_and_untried(job):
    assert (job.status, job.attempt, job.progress, job.payload) == (
        JobStatus.QUEUED,
        0,
        0.0,
        {"run": 1},
    )


def test_jobs_come_newest_first_and_limited(workspace):
    ids = [enqueue(workspace, JobKind.TRAIN, {}).id for _ in range(3)]
    assert [job.id for job in jobs(workspace, limit=2)] == [ids[2], ids[1]]


def test_an_unknown_job_is_named(workspace):
    for ask in (find_job, request_cancel, requeue):
        with pytest.raises(UnknownJobError, match="no job 5"):
            ask(workspace, 5)


def test_a_queued_job_is_cancelled_at_once(workspace, job):
    cancelled = request_cancel(workspace, job.id)
    assert (cancelled.status, unfinished(workspace)) == (JobStatus.CANCELLED, [])


def test_a_running_job_is_asked_to_stop(workspace, running):
    asked = request_cancel(workspace, running.id)
    assert (asked.status, asked.cancel_requested) == (JobStatus.RUNNING, True)


def test_cancelling_a_finished_job_leaves_it(workspace, running):
    with workspace.writing() as session:
        done = stored.finish(session, running, JobStatus.DONE, None, now=running.queued_at)
    assert request_cancel(workspace, running.id) == done


def test_a_cancelled_job_can_be_queued_afresh(workspace, job):
    request_cancel(workspace, job.id)
    again = requeue(workspace, job.id)
    assert (again.status, again.attempt, again.cancel_requested) == (JobStatus.QUEUED, 0, False)


def test_a_failed_job_loses_its_error_when_it_is_queued_afresh(workspace, running):
    with workspace.writing() as session:
        stored.finish(session, running, JobStatus.FAILED, "broken", now=running.queued_at)
    assert requeue(workspace, running.id).error is None


def test_a_running_job_cannot_be_queued_again(workspace, running):
    with pytest.raises(JobStateError, match="is running"):
        requeue(workspace, running.id)


def test_a_log_that_was_not_written_is_empty(workspace, job):
    assert log_tail(workspace, job.id) == ""


def test_the_tail_of_a_long_log_is_its_last_lines(workspace, job):
    path = workspace.job_log(job.id)
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"line {number}\n" for number in range(20_000)))
    assert log_tail(workspace, job.id, n_lines=2) == "line 19998\nline 19999"
