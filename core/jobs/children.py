"""The process of one job, seen from its supervisor."""

import math
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from core.jobs.launch import environment, module_command
from core.workspace import Workspace
from db.rows import JobRow

Command = Callable[[int], list[str]]


def run_command(job_id: int) -> list[str]:
    """Return the command of a job's process, tied to this one."""
    return module_command("core.jobs.run", str(job_id), "--parent", str(os.getpid()))


@dataclass
class Child:
    """A claimed job with the process that does it, in a group of its own."""

    job: JobRow
    process: subprocess.Popen[bytes]
    last_beat: float = -math.inf
    stop_by: float | None = None

    def ask_to_stop(self, grace_s: float) -> None:
        """Send SIGTERM the first time; SIGKILL when `grace_s` have gone by since."""
        if self.stop_by is None:
            self.signal_group(signal.SIGTERM)
        self.kill_after(grace_s)

    def kill_after(self, grace_s: float) -> None:
        """Kill the process when `grace_s` have gone by since it was first to end."""
        if self.stop_by is None:
            self.stop_by = time.monotonic() + grace_s
        elif time.monotonic() >= self.stop_by:
            self.kill()

    def kill(self) -> None:
        """End the process and all it started at once."""
        self.signal_group(signal.SIGKILL)

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and all it started; nothing where all have ended."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def start(workspace: Workspace, job: JobRow, command: Command = run_command) -> Child:
    """Start the process of a claimed job; what it prints is added to the job's log."""
    log = workspace.job_log(job.id)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command(job.id),
            env=environment(workspace) | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Child(job, process)
