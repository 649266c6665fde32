"""A connection to the inference process of a workspace, started where there is none."""

import os
import socket
import subprocess
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from core.errors import InferenceError
from core.jobs import lock
from core.jobs.inference.place import connect, listen, lock_path, log_path, socket_path
from core.jobs.launch import environment, module_command
from core.jobs.liveness import worker_name
from core.jobs.threads import thread_settings
from core.workspace import Workspace

TRY_AGAIN_S = 0.02


@cache
def own_name() -> str:
    """Return the name of this process, by which the inference process sees that it lives."""
    return worker_name()


def connected(workspace: Workspace, *, until: float) -> socket.socket:
    """Return a connection to the one inference process of a workspace.

    Its socket listens before the process does anything else, so a connection to one that has
    just been started is answered when torch is loaded.

    Raises:
        InferenceError: If it cannot be started by `until` on the monotonic clock.
    """
    path = socket_path(workspace)
    while time.monotonic() < until:
        with suppress(OSError):
            return connect(path)
        descriptor = _hold(path)
        if descriptor is not None:
            try:
                return _start(workspace, path, descriptor)
            finally:
                os.close(descriptor)
        time.sleep(TRY_AGAIN_S)  # somebody else starts it, or it is ending
    raise InferenceError(
        f"The inference process could not be started in time; see {log_path(workspace)}, then try "
        "again."
    )


def _hold(path: Path) -> int | None:
    """Return the lock beside a socket, now held; None where another process holds it.

    A process that ends removes the file, so that one may be held that is not there any more.
    """
    descriptor = lock.hold(lock_path(path))
    if descriptor is None:
        return None
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(descriptor), lock_path(path).stat()):
            return descriptor
    os.close(descriptor)
    return None


def _start(workspace: Workspace, path: Path, descriptor: int) -> socket.socket:
    """Start the process, which inherits the lock and the socket, and return a connection to it."""
    with suppress(OSError):  # somebody started it after we tried and before we held the lock
        return connect(path)
    try:
        with listen(path) as listening:
            _spawn(workspace, descriptor, listening)
            return connect(path)
    except OSError as error:
        path.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise InferenceError(f"The inference process cannot be started ({reason}).") from error


def _spawn(workspace: Workspace, descriptor: int, listening: socket.socket) -> None:
    given = ["--lock", str(descriptor), "--listen", str(listening.fileno()), "--for", own_name()]
    log = log_path(workspace)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            module_command("core.jobs.inference.server", *given),
            # All processors: a person waits. Jobs give way, since they run at a lower priority.
            env=environment(workspace) | thread_settings(1),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(descriptor, listening.fileno()),
        )
    # Collects its exit status, so that a long-lived dashboard gathers no zombies.
    threading.Thread(target=process.wait, daemon=True).start()
