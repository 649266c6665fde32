"""Jobs as processes of this machine, which end with their supervisor."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress

from core.jobs.executors import Ending
from core.jobs.launch import environment, module_command
from core.jobs.threads import memory_settings, thread_settings
from core.workspace import Workspace
from db.rows import JobRow

Command = Callable[[int], list[str]]


def run_command(job_id: int) -> list[str]:
    """Return the command of a job's process, tied to this one."""
    return module_command("core.jobs.run", str(job_id), "--parent", str(os.getpid()))


class LocalExecution:
    """A process with all that it starts, in a group of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Return the id of the process, which is that of its group too."""
        return self._process.pid

    def poll(self) -> Ending | None:
        """Return how the process ended, or None while it lives."""
        status = self._process.poll()
        if status is None:
            return None
        if status < 0:
            reason = f"was ended by signal {-status} ({signal.strsignal(-status)})"
            return Ending(reason, is_lost=True)
        return Ending.of_status(status)

    def stop(self) -> None:
        """Send SIGTERM to the process and all it started."""
        self._signal_group(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL to the process and all it started."""
        self._signal_group(signal.SIGKILL)

    def fetch_log(self) -> None:
        """Do nothing: the process writes to the job's log itself."""

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # all have ended
            os.killpg(self._process.pid, number)


class LocalExecutor:
    """Starts one process for each job."""

    outlives_supervisor = False

    def __init__(
        self, workspace: Workspace, command: Command = run_command, *, n_slots: int = 1
    ) -> None:
        """Prepare to start up to `n_slots` processes at once, with `command` of a job's id."""
        self._workspace = workspace
        self._command = command
        self._n_slots = n_slots

    def start(self, job: JobRow) -> LocalExecution:
        """Start the process of a claimed job; what it prints is added to the job's log."""
        log = self._workspace.job_log(job.id)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                self._command(job.id),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return LocalExecution(process)

    def adopt(self, _job: JobRow) -> None:
        """Return None: a job's process ends with its supervisor."""

    def _environment(self) -> dict[str, str]:
        alone = {"PYTHONUNBUFFERED": "1"}
        shares = thread_settings(self._n_slots) | memory_settings()
        return environment(self._workspace) | alone | shares
