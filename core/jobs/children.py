"""A job in a supervisor's care: what works on it, and when it is to be stopped."""

import math
import time
from dataclasses import dataclass

from core.jobs.executors import Execution
from db.rows import JobRow


@dataclass
class Child:
    """A claimed job with the work on it."""

    job: JobRow
    execution: Execution
    last_beat: float = -math.inf
    stop_by: float | None = None
    is_cleared: bool = False

    def clear_up(self) -> None:
        """End what the process started and left behind; only once, for then its id is free."""
        if not self.is_cleared:
            self.execution.kill()
        self.is_cleared = True

    def ask_to_stop(self, grace_s: float) -> None:
        """Ask it to end the first time; kill it when `grace_s` have gone by since."""
        if self.stop_by is None:
            self.execution.stop()
        self.kill_after(grace_s)

    def kill_after(self, grace_s: float) -> None:
        """Kill it when `grace_s` have gone by since it was first to end."""
        if self.stop_by is None:
            self.stop_by = time.monotonic() + grace_s
        elif time.monotonic() >= self.stop_by:
            self.execution.kill()
