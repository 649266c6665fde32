"""Training on a Ray cluster that shares a PostgreSQL database and a folder with the supervisor."""

import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from core.jobs.executors.ray import RayExecutor
from core.jobs.supervisor import Supervisor
from core.services.experiments import enqueue_training, epochs
from core.services.jobs import AT_REST, find_job, log_tail, request_cancel
from core.services.results import run_result
from core.services.sampling import make_sample
from core.services.versions import freeze
from db.enums import JobStatus, Mask, ModelName

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database", ["postgres"], indirect=True),
    pytest.mark.timeout(400),
]
SMALL = {"image_size": 32, "batch_size": 32}
MANY, FOR_EVER = 30, 5000


@pytest.fixture
def queue_run(workspace):
    """Queue a training run of so many epochs on 60 drawn faces."""
    make_sample(workspace, n_images=60)
    version = freeze(workspace, "sample").digest

    def queue(n_epochs):
        return enqueue_training(
            workspace,
            version=version,
            model=ModelName.FAST,
            mask=Mask.EYES,
            overrides={**SMALL, "epochs": n_epochs},
        )

    return queue


def processes_of(job_id):
    """Return the processes that work on a job."""
    asked = f"core.jobs.run\0{job_id}\0".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if asked in words and not words.startswith((b"/bin/sh", b"/bin/bash")):
            found.append(int(path.parts[2]))
    return found


def send(number, job_id):
    for pid in processes_of(job_id):
        os.kill(pid, number)


def hold_still(workspace, job_id):
    """Stop the processes of a job between two of their transactions, so that others can write."""
    while True:
        send(signal.SIGSTOP, job_id)
        try:
            with workspace.writing():
                return
        except OperationalError:
            send(signal.SIGCONT, job_id)
            time.sleep(0.1)


def test_a_cluster_trains_cancels_and_takes_up_what_was_killed(
    workspace, queue_run, supervisor, cluster, until
):
    def state(run):
        return find_job(workspace, run.job_id)

    plain, killed, cancelled = queue_run(2), queue_run(MANY), queue_run(FOR_EVER)
    until(supervisor, lambda: epochs(workspace, killed.id))
    hold_still(workspace, killed.job_id)  # until it is killed
    until(supervisor, lambda: state(cancelled).progress > 0)

    # What one supervisor started goes on without it, and another one takes it over.
    supervisor.request_stop()
    supervisor.run()
    executor = RayExecutor(workspace, cluster)
    second = Supervisor(workspace, n_slots=4, intervals=supervisor._intervals, executor=executor)
    until(second, lambda: len(second._children) == 2)
    assert (state(killed).attempt, state(killed).status) == (1, JobStatus.RUNNING)

    request_cancel(workspace, cancelled.job_id)
    send(signal.SIGKILL, killed.job_id)
    until(second, lambda: all(state(run).status in AT_REST for run in (plain, killed, cancelled)))

    assert [state(run).status for run in (plain, killed)] == [JobStatus.DONE] * 2
    assert (state(killed).attempt, len(epochs(workspace, killed.id))) == (2, MANY)
    assert run_result(workspace, plain.id).full.overall.n > 0
    assert "Epoch 2 of 2" in log_tail(workspace, plain.job_id)
    assert state(cancelled).status is JobStatus.CANCELLED
    assert processes_of(cancelled.job_id) == []
