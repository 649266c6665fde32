"""Who may move a job, and where to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.dialects import postgresql

from core.jobs import transitions
from core.services.jobs import enqueue, find_job, jobs, request_cancel
from db.enums import JobKind, JobStatus
from db.models import Job

STALE = timedelta(seconds=30)


@pytest.fixture
def claimed(workspace):
    enqueue(workspace, JobKind.TRAIN, {})
    return transitions.claim(workspace, "first")


def fall_silent(workspace, job, seconds):
    then = datetime.now(UTC) - timedelta(seconds=seconds)
    with workspace.writing() as session:
        session.execute(update(Job).where(Job.id == job.id).values(heartbeat_at=then))


def test_many_workers_at_once_claim_every_job_once(workspace):
    queued = [enqueue(workspace, JobKind.TRAIN, {}).id for _ in range(20)]

    def claim_all(worker):
        return [job.id for job in iter(lambda: transitions.claim(workspace, worker), None)]

    with ThreadPoolExecutor(4) as pool:
        claims = [job for ids in pool.map(claim_all, "abcd") for job in ids]
    assert sorted(claims) == queued


def test_an_empty_queue_gives_no_job(workspace):
    assert transitions.claim(workspace, "me") is None


def test_a_claimed_job_counts_its_attempt_and_names_its_worker(claimed):
    assert (claimed.status, claimed.attempt, claimed.worker) == (JobStatus.RUNNING, 1, "first")
    assert claimed.heartbeat_at == claimed.started_at


def test_a_silent_job_is_queued_once_more_and_then_failed(workspace, claimed):
    fall_silent(workspace, claimed, 31)
    transitions.reap(workspace, "second", STALE)
    assert find_job(workspace, claimed.id).status is JobStatus.QUEUED
    again = transitions.claim(workspace, "second")
    fall_silent(workspace, again, 31)
    transitions.reap(workspace, "third", STALE)
    failed = find_job(workspace, claimed.id)
    assert failed.status is JobStatus.FAILED
    assert "no sign of life for 30 s, 2 times in a row" in failed.error


def test_a_job_heard_of_lately_is_left_alone(workspace, claimed):
    fall_silent(workspace, claimed, 29)
    transitions.reap(workspace, "second", STALE)
    assert find_job(workspace, claimed.id).status is JobStatus.RUNNING


def test_a_supervisor_never_takes_its_own_job_for_lost(workspace, claimed):
    fall_silent(workspace, claimed, 31)  # the machine was asleep
    transitions.reap(workspace, "first", STALE)
    assert find_job(workspace, claimed.id).status is JobStatus.RUNNING


def test_a_silent_job_that_was_cancelled_is_not_tried_again(workspace, claimed):
    request_cancel(workspace, claimed.id)
    fall_silent(workspace, claimed, 31)
    transitions.reap(workspace, "second", STALE)
    assert find_job(workspace, claimed.id).status is JobStatus.CANCELLED


def test_whoever_lost_a_job_can_neither_end_nor_release_it(workspace, claimed):
    transitions.hand_back(workspace, claimed)
    again = transitions.claim(workspace, "second")
    assert transitions.finish(workspace, claimed, JobStatus.DONE) is None
    transitions.settle_lost(workspace, claimed, "was ended by a test")
    transitions.beat(workspace, claimed, pid=1)
    assert find_job(workspace, again.id) == again


def test_the_claim_is_one_statement_on_postgresql_too(workspace):
    from db.repositories.jobs import _may_start

    text = str(_may_start().compile(dialect=postgresql.dialect()))
    assert "CAST((job.payload ->>" in text
    assert jobs(workspace) == []
