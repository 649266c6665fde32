"""Where a claimed job is worked on: a process of this machine or a cluster's."""

from dataclasses import dataclass
from typing import Protocol

from core.jobs.failures import DISK_FULL_STATUS
from db.rows import JobRow


@dataclass(frozen=True)
class Ending:
    """How the work on a job ended, for jobs that left no word themselves.

    Attributes:
        reason: A clause on what happened to the process: "ended with exit status 3".
        is_lost: Whether it was ended from outside (killed, out of memory, its machine gone), so
            that it is worth another attempt.
        was_started: Whether there was a process at all; where not, the attempt does not count.
    """

    reason: str
    is_lost: bool
    was_started: bool = True

    @classmethod
    def of_status(cls, status: int) -> "Ending":
        """Return the ending of a process that ended by itself with this exit status."""
        if status == DISK_FULL_STATUS:
            return cls("could not write, as the disk is full", is_lost=False)
        return cls(f"ended with exit status {status} and no result", is_lost=False)


class Execution(Protocol):
    """The work on one claimed job, from its start on. No method waits for the work."""

    @property
    def pid(self) -> int | None:
        """Return the process on the machine of the supervisor; None where it is elsewhere."""

    def poll(self) -> Ending | None:
        """Return how the work ended, or None while it goes on."""

    def stop(self) -> None:
        """Ask the process to end by itself."""

    def kill(self) -> None:
        """End the process and all it started at once; nothing where all have ended."""

    def fetch_log(self) -> None:
        """Bring what was printed since the last call to the end of the job's log."""


class Executor(Protocol):
    """Starts the work on jobs."""

    @property
    def outlives_supervisor(self) -> bool:
        """Return whether work goes on when the supervisor that started it has ended."""

    def start(self, job: JobRow) -> Execution:
        """Start the work on a job that was just claimed.

        Raises:
            OSError: If this machine has no room for it.
            ClusterError: If no cluster takes it now.
        """

    def adopt(self, job: JobRow) -> Execution | None:
        """Return the work on a job that a supervisor started which is gone; None without any.

        Raises:
            ClusterError: If the cluster does not say now.
        """


class NeverStarted:
    """The work on a job that could not be started."""

    pid = None

    def __init__(self, reason: str) -> None:
        """Remember what went wrong, a clause like that of `Ending`."""
        self._ending = Ending(reason, is_lost=False)

    def poll(self) -> Ending:
        """Return why it has ended before it began."""
        return self._ending

    def stop(self) -> None:
        """Do nothing: there is no process."""

    def kill(self) -> None:
        """Do nothing: there is no process."""

    def fetch_log(self) -> None:
        """Do nothing: nothing was printed."""
