"""Jobs survive what happens to machines: a full disk, a reboot, pausing at a bad moment."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from core.jobs import liveness, transitions
from core.jobs.executors.local import LocalExecutor
from core.jobs.failures import DISK_FULL_STATUS, in_one_line
from core.jobs.supervisor import Supervisor
from core.jobs.threads import memory_settings, thread_settings
from core.services.jobs import (
    AT_REST,
    FINISHED,
    enqueue,
    find_job,
    request_cancel,
    request_pause,
    requeue,
)
from core.settings import Settings
from core.workspace import open_workspace
from db.enums import JobKind, JobStatus
from db.models import Job

FULL = "is full; free some space, then resume job"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 4 MB, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    try:
        is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        is_mounted = False
    if not is_mounted:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_checkpoint_on_a_full_disk_fails_in_one_sentence_and_keeps_the_last_one(
    small_disk, fakes
):
    workspace = open_workspace(Settings(data=small_disk / "data", database_url=None))
    job = enqueue(workspace, JobKind.TRAIN, {"do": "fill_the_disk"})
    executor = LocalExecutor(workspace, fakes.fake_command)
    Supervisor(workspace, intervals=fakes.FAST, executor=executor).run(until_idle=True)
    ended = find_job(workspace, job.id)
    workspace.engine.dispose()
    assert ended.status is JobStatus.FAILED
    assert f"{FULL} {job.id}" in ended.error
    run_dir = workspace.run_dir(1)
    assert [path.name for path in run_dir.iterdir()] == ["checkpoint.pt"]
    import torch  # seconds, which the other tests need not wait for

    assert torch.load(run_dir / "checkpoint.pt", weights_only=True) == {"epoch": 1}


def test_a_full_disk_is_found_behind_the_error_that_hides_it(queue, supervisor, workspace):
    job = queue("meet_a_full_disk")
    supervisor.run(until_idle=True)
    ended = find_job(workspace, job.id)
    assert (ended.status, ended.attempt) == (JobStatus.FAILED, 1)
    assert f"{FULL} {job.id}" in ended.error
    assert requeue(workspace, job.id).status is JobStatus.QUEUED


def test_a_full_database_is_a_full_disk_and_a_locked_one_is_not(workspace):
    def said(reason):
        return in_one_line(OperationalError("INSERT", {}, Exception(reason)), workspace, 3)

    assert f"{FULL} 3" in said("database or disk is full")
    assert FULL not in said("database is locked")
    assert FULL not in said("disk I/O error")  # there is room here


def test_a_full_disk_of_postgresql_is_told_as_the_databases(workspace):
    cause = Exception("could not extend file: No space left on device")
    cause.sqlstate = "53100"
    words = in_one_line(OperationalError("INSERT", {}, cause), workspace, 3)
    assert words.startswith("The disk that holds the database is full; free some space")


def test_a_process_that_cannot_even_say_so_tells_by_its_exit_status(workspace):
    job = enqueue(workspace, JobKind.TRAIN, {})
    command = [sys.executable, "-c", f"raise SystemExit({DISK_FULL_STATUS})"]
    executor = LocalExecutor(workspace, lambda _job_id: command)
    Supervisor(workspace, executor=executor).run(until_idle=True)
    assert "could not write, as the disk is full" in find_job(workspace, job.id).error


def test_a_job_that_cannot_be_started_fails_and_the_supervisor_lives(workspace, supervisor, queue):
    class NoRoom:
        outlives_supervisor = False

        def start(self, job):
            raise OSError(28, "No space left on device")

    job = queue("succeed")
    Supervisor(workspace, executor=NoRoom()).run(until_idle=True)
    assert "could not be started (No space left on device)" in find_job(workspace, job.id).error


def test_a_database_that_is_full_for_a_while_stops_no_supervisor(
    workspace, supervisor, queue, monkeypatch
):
    job, finish, refused = queue("exit_silently"), transitions.settle_failed, []

    def refuse_twice(*arguments):
        if len(refused) < 2:
            refused.append(1)
            raise OperationalError("UPDATE", {}, Exception("database or disk is full"))
        finish(*arguments)

    monkeypatch.setattr(transitions, "settle_failed", refuse_twice)
    supervisor.run(until_idle=True)
    assert find_job(workspace, job.id).status is JobStatus.FAILED
    assert len(refused) == 2


def reboot(workspace, job, monkeypatch, tmp_path):
    """Have the machine started anew: the row says running, its processes are of another boot."""
    then = datetime.now(UTC) - timedelta(seconds=10)
    with workspace.writing() as session:
        values = {"heartbeat_at": then, "pid": os.getpid()}  # by now the pid of another process
        session.execute(update(Job).where(Job.id == job.id).values(values))
    (tmp_path / "boot_id").write_text(f"boot of {then}")
    monkeypatch.setattr(liveness, "BOOT_ID", tmp_path / "boot_id")


def test_after_a_reboot_a_running_job_is_queued_once_and_no_stranger_is_killed(
    workspace, monkeypatch, tmp_path
):
    enqueue(workspace, JobKind.TRAIN, {})
    times = {"lost": timedelta(seconds=6), "stale": timedelta(days=1)}
    held = transitions.claim(workspace, liveness.worker_name())
    reboot(workspace, held, monkeypatch, tmp_path)
    transitions.reap(workspace, liveness.worker_name(), **times)
    assert find_job(workspace, held.id).status is JobStatus.QUEUED

    again = transitions.claim(workspace, liveness.worker_name())
    reboot(workspace, again, monkeypatch, tmp_path)
    transitions.reap(workspace, liveness.worker_name(), **times)
    failed = find_job(workspace, held.id)
    assert failed.status is JobStatus.FAILED
    assert (
        "ended with the supervisor that watched it in attempt 2, no further than the one before"
        in failed.error
    )


def test_a_living_supervisors_job_is_not_taken_for_lost(workspace):
    enqueue(workspace, JobKind.TRAIN, {})
    held = transitions.claim(workspace, liveness.worker_name())
    transitions.reap(workspace, "other", lost=timedelta(0), stale=timedelta(seconds=30))
    assert find_job(workspace, held.id).status is JobStatus.RUNNING


def test_a_running_job_pauses_where_it_keeps_what_it_did_and_goes_on_there(
    workspace, queue, supervisor, until
):
    job = queue("count_slowly")
    until(lambda: find_job(workspace, job.id).progress > 0)
    request_pause(workspace, job.id)
    until(lambda: find_job(workspace, job.id).status in AT_REST)
    paused = find_job(workspace, job.id)
    assert (paused.status, paused.attempt, paused.pid) == (JobStatus.PAUSED, 0, None)
    kept = int((workspace.data_dir / "kept").read_text())
    assert paused.progress == pytest.approx(kept / 10)
    requeue(workspace, job.id)
    until(lambda: find_job(workspace, job.id).status in FINISHED)
    assert find_job(workspace, job.id).status is JobStatus.DONE
    assert (workspace.data_dir / "kept").read_text() == "10"


def test_a_paused_job_lets_the_supervisor_end(workspace, queue, supervisor):
    job = queue("succeed")
    request_pause(workspace, job.id)
    supervisor.run(until_idle=True)
    assert find_job(workspace, job.id).status is JobStatus.PAUSED


def test_a_supervisor_that_stops_meanwhile_leaves_a_pausing_job_paused(workspace):
    enqueue(workspace, JobKind.TRAIN, {})
    held = transitions.claim(workspace, "me")
    request_pause(workspace, held.id)
    transitions.hand_back(workspace, held)
    assert find_job(workspace, held.id).status is JobStatus.PAUSED


def test_cancelling_wins_over_pausing(workspace):
    enqueue(workspace, JobKind.TRAIN, {})
    held = transitions.claim(workspace, "me")
    request_pause(workspace, held.id)
    request_cancel(workspace, held.id)
    transitions.settle_lost(workspace, held, "was ended by a test")
    assert find_job(workspace, held.id).status is JobStatus.CANCELLED


def test_an_interrupted_job_is_the_next_to_start(workspace, queue):
    first = queue("succeed")
    queue("succeed")
    transitions.hand_back(workspace, transitions.claim(workspace, "me"))
    assert transitions.claim(workspace, "me").id == first.id


def test_jobs_side_by_side_share_the_processors(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("core.jobs.threads.n_processors", lambda: 8)
    assert [thread_settings(n)["OMP_NUM_THREADS"] for n in (1, 3, 20)] == ["8", "2", "1"]


def test_threads_of_jobs_sleep_while_they_wait_unless_the_person_says_otherwise(monkeypatch):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert thread_settings(1) == {"OMP_WAIT_POLICY": "PASSIVE"}
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert thread_settings(1) == {}


def test_a_job_keeps_freed_memory_unless_the_person_says_otherwise(monkeypatch):
    monkeypatch.delenv("MALLOC_MMAP_THRESHOLD_", raising=False)
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "0")
    assert memory_settings() == {"MALLOC_MMAP_THRESHOLD_": str(2**30)}
