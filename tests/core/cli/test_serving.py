import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.cli.processes import first_free_port
from core.jobs import lock
from core.workspace import Workspace

DEADLINE_S = 60


@pytest.fixture
def served(workspace: Workspace) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A served empty workspace: the process of `feelingit serve` and the line it printed."""
    port = str(first_free_port(8700))
    code = "from core.cli.app import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--no-sample", "--port", port],
        env={**os.environ, "FEELINGIT_DATA": str(workspace.data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process, process.stdout.readline()
    process.kill()
    process.communicate(timeout=DEADLINE_S)


def eventually(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def holds_lock(data_dir: Path) -> bool:
    descriptor = lock.take(data_dir)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def test_serving_prints_one_line_with_a_loopback_address_that_answers(
    served: tuple[subprocess.Popen[str], str],
):
    address = served[1].split()[3]
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
        assert answer.read() == b"ok"


def test_nothing_is_left_behind_when_it_is_killed(
    served: tuple[subprocess.Popen[str], str], workspace: Workspace
):
    assert eventually(lambda: holds_lock(workspace.data_dir))
    served[0].kill()
    assert eventually(lambda: not holds_lock(workspace.data_dir))
    served[0].communicate(timeout=DEADLINE_S)  # ends when no child holds its pipes any more


def test_ctrl_c_stops_dashboard_and_supervisor(
    served: tuple[subprocess.Popen[str], str], workspace: Workspace
):
    process, line = served
    address = line.split()[3]
    assert eventually(lambda: holds_lock(workspace.data_dir))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, errors
    assert not holds_lock(workspace.data_dir)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{address}/_stcore/health", timeout=5)
