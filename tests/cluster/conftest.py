"""A Ray head for the session, and workspaces that a cluster could share."""

import importlib.util
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.jobs.executors.ray import RayExecutor
from core.jobs.supervisor import Intervals, Supervisor
from core.settings import ExecutorName, Settings
from core.workspace import Workspace

SPEC = importlib.util.spec_from_file_location("ray_head", Path(__file__).with_name("ray_head.py"))
heads = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(heads)

INTERVALS = Intervals(tick_s=0.1, heartbeat_s=0.5, lost_s=1.0)
TIMEOUT_S = 170


@pytest.fixture(scope="session")
def head() -> Iterator["heads.RayHead"]:
    """A Ray head on loopback, with a token."""
    started = heads.RayHead()
    yield started
    started.stop()


@pytest.fixture
def cluster(head: "heads.RayHead", monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that name the head; half a processor for each job lets four run at once."""
    for name, value in head.variables.items():
        monkeypatch.setenv(name, value)
    return Settings(executor=ExecutorName.RAY, ray_address=head.address, ray_cpus=0.5)


@pytest.fixture
def supervisor(workspace: Workspace, cluster: Settings) -> Supervisor:
    """A supervisor that gives the head four jobs at once."""
    return Supervisor(
        workspace, n_slots=4, intervals=INTERVALS, executor=RayExecutor(workspace, cluster)
    )


@pytest.fixture
def until() -> Callable[[Supervisor, Callable[[], bool]], None]:
    """Have a supervisor work until something is so."""

    def work(supervisor: Supervisor, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while not is_so():
            assert time.monotonic() < deadline, "it did not come about in time"
            supervisor.tick()
            time.sleep(INTERVALS.tick_s)

    return work
