"""Who may move a job, and where to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from core.jobs import transitions
from core.services.experiments import queue_small_study
from core.services.jobs import enqueue, find_job, request_cancel, requeue
from db.enums import Emotion, JobKind, JobStatus, Split
from db.models import Job

TIMES = {"lost": timedelta(seconds=6), "stale": timedelta(seconds=30)}


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
    transitions.reap(workspace, "second", **TIMES)
    assert find_job(workspace, claimed.id).status is JobStatus.QUEUED
    again = transitions.claim(workspace, "second")
    fall_silent(workspace, again, 31)
    transitions.reap(workspace, "third", **TIMES)
    failed = find_job(workspace, claimed.id)
    assert failed.status is JobStatus.FAILED
    assert "no sign of life for 30 s in attempt 2, no further than the one before" in failed.error


def test_a_job_that_gets_further_between_losses_is_tried_again_each_time(workspace, claimed):
    for progress in (0.2, 0.4, 0.6):
        transitions.report(workspace, claimed, progress, "training")
        transitions.settle_lost(workspace, claimed, "ended with the machine")
        claimed = transitions.claim(workspace, "next")
    transitions.report(workspace, claimed, 0.5, "training")  # it went on from an older save
    transitions.settle_lost(workspace, claimed, "ended with the machine")
    failed = find_job(workspace, claimed.id)
    assert (failed.status, failed.attempt) == (JobStatus.FAILED, 4)


def test_a_job_queued_again_by_a_person_has_its_losses_forgotten(workspace, claimed):
    for _ in range(2):
        transitions.settle_lost(workspace, claimed, "ended with the machine")
        claimed = transitions.claim(workspace, "next") or claimed
    requeue(workspace, claimed.id)
    again = transitions.claim(workspace, "next")
    transitions.settle_lost(workspace, again, "ended with the machine")
    assert find_job(workspace, claimed.id).status is JobStatus.QUEUED


def test_a_job_heard_of_lately_is_left_alone(workspace, claimed):
    fall_silent(workspace, claimed, 29)
    transitions.reap(workspace, "second", **TIMES)
    assert find_job(workspace, claimed.id).status is JobStatus.RUNNING


def test_a_supervisor_never_takes_its_own_job_for_lost(workspace, claimed):
    fall_silent(workspace, claimed, 31)  # the machine was asleep
    transitions.reap(workspace, "first", **TIMES)
    assert find_job(workspace, claimed.id).status is JobStatus.RUNNING


def test_a_silent_job_that_was_cancelled_is_not_tried_again(workspace, claimed):
    request_cancel(workspace, claimed.id)
    fall_silent(workspace, claimed, 31)
    transitions.reap(workspace, "second", **TIMES)
    assert find_job(workspace, claimed.id).status is JobStatus.CANCELLED


def test_whoever_lost_a_job_can_neither_end_nor_release_it(workspace, claimed):
    transitions.hand_back(workspace, claimed)
    again = transitions.claim(workspace, "second")
    assert transitions.finish(workspace, claimed, JobStatus.DONE) is None
    transitions.settle_lost(workspace, claimed, "was ended by a test")
    transitions.beat(workspace, claimed, pid=1)
    assert find_job(workspace, again.id) == again


def test_a_job_waits_for_the_older_job_of_the_run_it_reads(workspace, add_faces):
    add_faces([(Split.TRAIN, Emotion.SAD, 1)])
    study = queue_small_study(workspace, "faces")
    order = [transitions.claim(workspace, "me").id for _ in study]
    assert order == [run.job_id for run in study]
    assert transitions.claim(workspace, "me") is None  # only the saliency of a running run is left
    first = find_job(workspace, study[0].job_id)
    transitions.finish(workspace, first, JobStatus.DONE)
    assert transitions.claim(workspace, "me").kind is JobKind.SALIENCY


def test_the_error_of_a_crash_ends_with_the_end_of_the_log(workspace, claimed):
    log = workspace.job_log(claimed.id)
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    transitions.settle_failed(workspace, claimed, "ended with exit status 1 and no result")
    assert find_job(workspace, claimed.id).error == (
        "The job's process ended with exit status 1 and no result. The end of its log:\n"
        + "\n".join(f"line {number}" for number in range(85, 100))
    )
