"""The two processes that `feelingit serve` keeps running: the dashboard and the job supervisor."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType

from core.errors import ServerError
from core.jobs.launch import environment, module_command
from core.jobs.parent import end_with
from core.workspace import Workspace

ROOT = Path(__file__).parents[2]  # where .streamlit/config.toml is
PORTS_TRIED = 100
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
POLL_S = 0.2


class Processes:
    """The dashboard and the supervisor, each in a session of its own, both stopped at the end."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._dashboard: subprocess.Popen[bytes] | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    def __enter__(self) -> "Processes":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request_stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        running = [process for process in (self._dashboard, self._supervisor) if process]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def is_stopping(self) -> bool:
        """Return whether somebody pressed Ctrl+C."""
        return self._is_stopping

    def start_dashboard(self, port: int) -> None:
        """Start uvicorn on the loopback address; one worker, since sessions live in it."""
        # Not `streamlit run`: its socket costs 40 ms for each small answer (Nagle).
        options = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        self._dashboard = self._start("uvicorn", "dashboard.asgi:app", *options)

    def start_supervisor(self) -> None:
        """Start the supervisor; it ends at once where another one watches the workspace."""
        log = self._workspace.data_dir / "jobs" / "supervisor.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._supervisor = self._start("core.jobs.supervisor", output=output.fileno())

    def check_dashboard(self) -> None:
        """Raise ServerError if the dashboard's process ended."""
        if self._dashboard is not None and self._dashboard.poll() is not None:
            raise ServerError(
                f"The dashboard stopped with status {self._dashboard.returncode}; "
                "its last words are above. Run `feelingit doctor`."
            )

    def wait(self) -> None:
        """Come back on Ctrl+C; start the supervisor again if it was killed.

        Raises:
            ServerError: If the dashboard ended by itself.
        """
        while not self._is_stopping:
            self.check_dashboard()
            if self._supervisor is not None and self._supervisor.poll() not in (None, 0):
                self.start_supervisor()
            time.sleep(POLL_S)

    def _start(
        self, module: str, *arguments: str, output: int | None = None
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            module_command(module, *arguments),
            cwd=ROOT,
            env=environment(self._workspace),
            stdin=subprocess.DEVNULL,
            stdout=output if output is not None else sys.stderr,
            stderr=output if output is not None else sys.stderr,
            start_new_session=True,  # Ctrl+C reaches this process alone; it stops the others
            preexec_fn=partial(end_with, os.getpid()) if sys.platform == "linux" else None,
        )

    def _request_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_stopping = True


def first_free_port(first: int) -> int:
    """Return the first port from `first` on that nothing on this machine listens at.

    Raises:
        ServerError: If a hundred ports in a row are taken.
    """
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServerError(f"No port from {first} on is free; choose another with PORT= or --port.")


def wait_until_healthy(port: int, processes: Processes) -> None:
    """Come back when the dashboard answers, or when somebody pressed Ctrl+C.

    Raises:
        ServerError: If its process ends or it does not answer within a minute.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while not processes.is_stopping:
        processes.check_dashboard()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise ServerError(
                    f"The dashboard did not answer within {START_TIMEOUT_S:.0f} s; try again."
                ) from None
        time.sleep(POLL_S)
