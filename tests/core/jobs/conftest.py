"""Fixtures around fake jobs."""

import importlib.util
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from core.jobs.executors.local import LocalExecutor
from core.jobs.supervisor import Supervisor
from core.services.jobs import enqueue
from core.workspace import Workspace
from db.enums import JobKind
from db.rows import JobRow

SPEC = importlib.util.spec_from_file_location(
    "fake_supervisor", Path(__file__).with_name("fake_supervisor.py")
)
fakes = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fakes)

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture(name="fakes")
def fakes_fixture() -> ModuleType:
    """What a supervisor of fake jobs needs: short intervals and the command of a fake job."""
    return fakes


@pytest.fixture
def supervisor(workspace: Workspace) -> Iterator[Supervisor]:
    """A supervisor of this process with short intervals, stopped in the end."""
    executor = LocalExecutor(workspace, fakes.fake_command)
    made = Supervisor(workspace, intervals=fakes.FAST, executor=executor)
    yield made
    made.request_stop()
    made.run()


@pytest.fixture
def until(supervisor: Supervisor) -> Until:
    """Work until something is so; fail after a minute."""

    def work(is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < deadline, "it did not come about within a minute"
            supervisor.tick()
            time.sleep(0.02)

    return work


@pytest.fixture
def queue(workspace: Workspace) -> Callable[[str], JobRow]:
    """Queue a job that behaves as named."""
    return lambda behaviour: enqueue(workspace, JobKind.TRAIN, {"do": behaviour})


@pytest.fixture
def is_gone() -> Callable[[int], bool]:
    """Say whether a process has ended, collected by its parent or not."""

    def ask(pid: int) -> bool:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return True
        return stat.rsplit(")")[-1].split()[0] == "Z"

    return ask
