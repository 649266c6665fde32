"""Queueing, cancelling and resuming jobs, as pages and commands do."""

from datetime import UTC, datetime

import pytest

from core.errors import JobStateError, UnknownJobError
from core.services import job_lists
from core.services.jobs import (
    Place,
    cancel_all,
    enqueue,
    find_job,
    is_work_left,
    jobs,
    log_tail,
    move,
    n_ahead,
    pause_all,
    request_cancel,
    request_pause,
    requeue,
    resume_all,
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


def test_what_comes_before_a_job_is_what_runs_and_what_starts_earlier(workspace, running):
    first, second = (enqueue(workspace, JobKind.TRAIN, {"run": run}) for run in (2, 3))
    assert [n_ahead(workspace, one.id) for one in (running, first, second)] == [0, 1, 2]
    move(workspace, second.id, Place.FRONT)
    assert n_ahead(workspace, second.id) == 1
    request_pause(workspace, first.id)
    assert n_ahead(workspace, second.id) == 1


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


def order(workspace):
    return [job.id for job in unfinished(workspace)]


def test_a_queued_job_rests_at_once_and_goes_on_where_it_stood(workspace):
    first, second = (enqueue(workspace, JobKind.TRAIN, {}) for _ in range(2))
    assert request_pause(workspace, first.id).status is JobStatus.PAUSED
    assert order(workspace) == [second.id]
    assert requeue(workspace, first.id).status is JobStatus.QUEUED
    assert order(workspace) == [first.id, second.id]


def test_a_running_job_is_asked_to_pause_and_may_be_told_to_go_on(workspace, running):
    asked = request_pause(workspace, running.id)
    assert (asked.status, asked.pause_requested) == (JobStatus.RUNNING, True)
    assert requeue(workspace, running.id).pause_requested is False


def test_a_paused_job_can_be_cancelled(workspace, job):
    request_pause(workspace, job.id)
    assert request_cancel(workspace, job.id).status is JobStatus.CANCELLED


def test_a_finished_job_cannot_pause(workspace, job):
    request_cancel(workspace, job.id)
    with pytest.raises(JobStateError, match="is cancelled; only unfinished"):
        request_pause(workspace, job.id)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place.FRONT, [2, 0, 1, 3]),
        (Place.UP, [0, 2, 1, 3]),
        (Place.DOWN, [0, 1, 3, 2]),
        (Place.BACK, [0, 1, 3, 2]),
    ],
)
def test_a_waiting_job_is_moved(workspace, place, expected):
    ids = [enqueue(workspace, JobKind.TRAIN, {}).id for _ in range(4)]
    moved = move(workspace, ids[2], place)
    assert order(workspace) == [ids[k] for k in expected]
    assert moved == expected.index(2)


def test_new_and_requeued_jobs_follow_those_that_were_ordered(workspace):
    ids = [enqueue(workspace, JobKind.TRAIN, {}).id for _ in range(3)]
    move(workspace, ids[0], Place.BACK)
    request_cancel(workspace, ids[1])
    requeue(workspace, ids[1])
    new = enqueue(workspace, JobKind.TRAIN, {}).id
    assert order(workspace) == [ids[2], ids[0], ids[1], new]


def test_the_first_job_stays_first_when_it_is_moved_up(workspace):
    ids = [enqueue(workspace, JobKind.TRAIN, {}).id for _ in range(2)]
    assert move(workspace, ids[0], Place.UP) == 0
    assert order(workspace) == ids


def test_a_running_job_has_no_order(workspace, running):
    with pytest.raises(JobStateError, match="only waiting jobs"):
        move(workspace, running.id, Place.FRONT)


def test_all_jobs_rest_and_go_on_together(workspace, running):
    waiting = enqueue(workspace, JobKind.TRAIN, {})
    assert [job.id for job in pause_all(workspace)] == [running.id, waiting.id]
    assert find_job(workspace, waiting.id).status is JobStatus.PAUSED
    assert find_job(workspace, running.id).pause_requested
    assert order(workspace) == [running.id]
    assert len(resume_all(workspace)) == 2
    assert find_job(workspace, waiting.id).status is JobStatus.QUEUED
    assert not find_job(workspace, running.id).pause_requested


def test_only_the_jobs_of_a_grid_are_meant(workspace):
    with workspace.writing() as session:
        now = datetime.now(UTC)
        ids = [
            stored.add(session, JobKind.TRAIN, {}, now=now, grid=grid).id
            for grid in ("g1", "g2", None)
        ]
    assert [job.id for job in cancel_all(workspace, grid="g2")] == [ids[1]]
    assert order(workspace) == [ids[0], ids[2]]


def test_a_paused_job_is_no_work(workspace, job):
    assert is_work_left(workspace)
    request_pause(workspace, job.id)
    assert not is_work_left(workspace)


def test_a_page_shows_what_runs_then_what_waits_then_the_newest(workspace):
    ids = [enqueue(workspace, JobKind.TRAIN, {}).id for _ in range(5)]
    with workspace.writing() as session:
        stored.claim(session, "me", now=datetime.now(UTC))
    request_cancel(workspace, ids[1])
    request_cancel(workspace, ids[2])
    move(workspace, ids[4], Place.FRONT)
    expected = [ids[0], ids[4], ids[3], ids[2], ids[1]]
    assert [job.id for job in job_lists.page(workspace, limit=9)] == expected
    assert [job.id for job in job_lists.page(workspace, limit=2, offset=2)] == expected[2:4]
    chosen = job_lists.JobFilter(statuses=[JobStatus.CANCELLED])
    assert [job.id for job in job_lists.page(workspace, chosen, limit=9)] == expected[3:]
    assert job_lists.total(workspace, chosen) == 2
