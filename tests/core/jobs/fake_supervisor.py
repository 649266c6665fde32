"""A supervisor process with short intervals and fake jobs: `python fake_supervisor.py`."""

import os
import signal
import sys
from pathlib import Path

from core.jobs.executors.local import LocalExecutor
from core.jobs.supervisor import Intervals, Supervisor
from core.workspace import open_workspace

FAST = Intervals(tick_s=0.02, heartbeat_s=0.1, lost_s=0.3, stale_s=2.0, grace_s=0.3)
FAKE_JOB = Path(__file__).with_name("fake_job.py")


def fake_command(job_id: int) -> list[str]:
    return [sys.executable, str(FAKE_JOB), str(job_id), "--parent", str(os.getpid())]


if __name__ == "__main__":
    workspace = open_workspace()
    executor = LocalExecutor(workspace, fake_command)
    supervisor = Supervisor(workspace, intervals=FAST, executor=executor)
    signal.signal(signal.SIGTERM, supervisor.request_stop)
    supervisor.run()
