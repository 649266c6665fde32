"""Start a supervisor that outlives this process. Loads no torch: pages and commands import it."""

import os
import subprocess
import sys
import threading

from core.jobs import lock
from core.workspace import Workspace

SUPERVISOR_LOG_NAME = "supervisor.log"


def ensure_supervisor(workspace: Workspace) -> bool:
    """Start a detached supervisor unless one watches this workspace; return whether it did.

    It ends by itself once nothing is queued or running, so call this after every enqueue; calling
    it often costs nothing. The lock is taken here and handed over, so that no second one starts.
    """
    descriptor = lock.take(workspace.data_dir)
    if descriptor is None:
        return False
    try:
        _start(workspace, descriptor)
    finally:
        os.close(descriptor)
    return True


def environment(workspace: Workspace) -> dict[str, str]:
    """Return this process's environment, pointing at the workspace that is really open."""
    return {
        **os.environ,
        "FEELINGIT_DATA": str(workspace.data_dir),
        "FEELINGIT_DATABASE_URL": workspace.engine.url.render_as_string(hide_password=False),
    }


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules; -P keeps the current folder off its path."""
    return [sys.executable, "-P", "-m", module, *arguments]


def _start(workspace: Workspace, descriptor: int) -> None:
    arguments = ["--until-idle", "--lock", str(descriptor)]
    log = workspace.data_dir / "jobs" / SUPERVISOR_LOG_NAME
    with log.open("ab") as output:
        process = subprocess.Popen(
            module_command("core.jobs.supervisor", *arguments),
            env=environment(workspace),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(descriptor,),
        )
    # Collects its exit status, so that a long-lived dashboard gathers no zombies.
    threading.Thread(target=process.wait, daemon=True).start()
