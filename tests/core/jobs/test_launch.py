"""Starting a supervisor that outlives its starter."""

import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import make_url

from core.jobs import lock
from core.jobs.launch import ensure_supervisor, environment, module_command
from core.jobs.supervisor import work


def wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_lock_free(workspace):
    descriptor = lock.take(workspace.data_dir)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None


def test_the_environment_names_the_open_workspace(workspace):
    names = environment(workspace)
    assert names["FEELINGIT_DATA"] == str(workspace.data_dir)
    assert make_url(names["FEELINGIT_DATABASE_URL"]) == workspace.engine.url
    assert names["PATH"] == os.environ["PATH"]


def test_a_lock_has_one_holder_at_a_time(tmp_path):
    held = lock.take(tmp_path)
    assert lock.take(tmp_path) is None
    os.close(held)
    os.close(lock.take(tmp_path))


def test_a_lock_ends_with_the_process_that_holds_it(tmp_path):
    code = (
        f"from pathlib import Path; from core.jobs import lock; lock.take(Path({str(tmp_path)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    os.close(lock.take(tmp_path))


def test_a_second_supervisor_says_so_and_ends_well(workspace):
    held = lock.take(workspace.data_dir)
    second = subprocess.run(
        module_command("core.jobs.supervisor"),
        env=environment(workspace),
        capture_output=True,
        text=True,
        check=True,
    )
    os.close(held)
    assert "Another supervisor watches" in second.stderr


def test_a_started_supervisor_holds_the_lock_until_nothing_is_left(workspace):
    assert ensure_supervisor(workspace)
    assert not ensure_supervisor(workspace)
    wait_until(lambda: is_lock_free(workspace))
    assert (workspace.data_dir / "jobs" / "supervisor.log").read_text() == ""


def test_a_job_queued_while_a_supervisor_ends_is_still_worked_on(workspace):
    class LateJob:
        """A supervisor that finds a job only after it was idle and gave the lock up."""

        is_stopping = False

        def __init__(self):
            self.n_runs = 0

        def run(self, *, until_idle):
            self.n_runs += 1

        def is_idle(self):
            return self.n_runs == 2

    supervisor = LateJob()
    work(workspace, supervisor, lock.take(workspace.data_dir), until_idle=True)
    assert supervisor.n_runs == 2
    assert is_lock_free(workspace)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_child_ends_with_its_parent_by_kernel_or_by_watching(tmp_path, is_gone, is_told):
    tie = (
        "end_with(parent)" if is_told else "threading.Thread(target=watch, args=(parent,)).start()"
    )
    child = f"""
import os, threading, time
from core.jobs.parent import end_with, watch
parent = os.getppid()
{tie}
open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
time.sleep(600)
"""
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", parent])
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    process.kill()
    process.wait()
    pid = int((tmp_path / "pid").read_text())

    wait_until(lambda: is_gone(pid))
