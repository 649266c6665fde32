"""What becomes of jobs under a supervisor, with real processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.jobs.executors.local import LocalExecutor
from core.jobs.launch import environment
from core.jobs.supervisor import Supervisor
from core.services.jobs import FINISHED, find_job, log_tail, request_cancel, unfinished
from db.enums import JobStatus

FAKE_SUPERVISOR = Path(__file__).with_name("fake_supervisor.py")


@pytest.fixture
def state(workspace):
    return lambda job: find_job(workspace, job.id)


@pytest.fixture
def finished(until, state):
    """Work until a job is over and return it as it is then."""

    def work(job):
        until(lambda: state(job).status in FINISHED)
        return state(job)

    return work


@pytest.fixture
def progressing(until, state):
    """Work until a job has reported something and return it as it is then."""

    def work(job):
        until(lambda: state(job).progress > 0 and state(job).pid is not None)
        return state(job)

    return work


def test_a_job_that_succeeds_is_done(queue, finished):
    job = finished(queue("succeed"))
    assert (job.status, job.progress, job.attempt, job.error) == (JobStatus.DONE, 1.0, 1, None)


def test_a_python_error_fails_at_once_with_its_last_line_and_a_full_log(workspace, queue, finished):
    job = finished(queue("break_down"))
    assert (job.status, job.attempt) == (JobStatus.FAILED, 1)
    assert job.error == "ValueError: the first line"
    assert "Traceback" in log_tail(workspace, job.id)
    assert "the second line" in log_tail(workspace, job.id)


def test_a_process_that_exits_without_a_result_fails_with_its_log(queue, finished):
    job = finished(queue("exit_silently"))
    assert job.status is JobStatus.FAILED
    assert job.error.startswith("The job's process ended with exit status 3 and no result.")
    assert f"Job {job.id} (train), attempt 1" in job.error


@pytest.mark.parametrize("behaviour", ["report_forever", "sleep_forever", "ignore_sigterm"])
def test_a_cancelled_job_is_stopped_whether_it_listens_or_not(
    workspace, queue, progressing, supervisor, is_gone, behaviour
):
    job = progressing(queue(behaviour))
    request_cancel(workspace, job.id)
    supervisor.run(until_idle=True)
    assert find_job(workspace, job.id).status is JobStatus.CANCELLED
    assert is_gone(job.pid)


def test_a_killed_job_goes_on_where_it_stopped(queue, progressing, finished):
    job = progressing(queue("count_to_three"))
    os.killpg(job.pid, signal.SIGKILL)
    job = finished(job)
    assert (job.status, job.attempt) == (JobStatus.DONE, 2)


def test_a_job_that_crashes_twice_fails_and_names_the_signal(queue, finished):
    job = finished(queue("die"))
    assert (job.status, job.attempt) == (JobStatus.FAILED, 2)
    assert "signal 9 (Killed) in attempt 2, no further than the one before" in job.error


def test_a_stopped_supervisor_queues_its_job_again_without_counting_the_attempt(
    queue, supervisor, progressing, state, is_gone
):
    job = progressing(queue("ignore_sigterm"))
    supervisor.request_stop()
    supervisor.run()
    assert is_gone(job.pid)
    assert (state(job).status, state(job).attempt) == (JobStatus.QUEUED, 0)


def test_a_job_dies_with_its_killed_supervisor_and_another_one_finishes_it(
    workspace, queue, state, finished, is_gone
):
    job = queue("count_to_three")
    process = subprocess.Popen([sys.executable, str(FAKE_SUPERVISOR)], env=environment(workspace))
    deadline = time.monotonic() + 60
    while (running := state(job)).progress == 0 or running.pid is None:
        assert time.monotonic() < deadline
    process.kill()
    process.wait()
    while not is_gone(running.pid):
        assert time.monotonic() < deadline
    assert state(job).status is JobStatus.RUNNING
    job = finished(job)
    assert (job.status, job.attempt) == (JobStatus.DONE, 2)


def test_two_supervisors_run_each_job_once(workspace, queue, fakes):
    jobs = [queue("leave_trace") for _ in range(3)]
    executor = LocalExecutor(workspace, fakes.fake_command)
    both = [Supervisor(workspace, executor=executor) for _ in range(2)]  # not soon taken for dead
    deadline = time.monotonic() + 60
    while not all(one.is_idle() for one in both):
        assert time.monotonic() < deadline
        for one in both:
            one.tick()
        time.sleep(0.02)
    traces = (workspace.data_dir / "trace").read_text().split()
    assert sorted(map(int, traces)) == [job.id for job in jobs]


def test_until_idle_works_the_queue_off_in_order_and_ends(workspace, queue, supervisor):
    jobs = [queue("leave_trace") for _ in range(2)]
    supervisor.run(until_idle=True)
    traces = (workspace.data_dir / "trace").read_text().split()
    assert list(map(int, traces)) == [job.id for job in jobs]
    assert unfinished(workspace) == []
