"""One supervisor for each workspace and machine: a lock that ends with the process holding it."""

import os
import platform
import re
import sys
from pathlib import Path

from core.errors import UnsupportedSystemError

if sys.platform != "win32":
    import fcntl


def lock_path(data_dir: Path) -> Path:
    """Return the lock file of this machine; machines that share a folder have one each."""
    machine = re.sub(r"[^A-Za-z0-9.-]", "_", platform.node()) or "local"
    return data_dir / "jobs" / f"supervisor.{machine}.lock"


def take(data_dir: Path) -> int | None:
    """Return the descriptor of the lock, now held, or None where another process holds it.

    A child process that inherits the descriptor holds the lock with it, until both close it.

    Raises:
        UnsupportedSystemError: On Windows, which has neither such locks nor process groups.
    """
    path = lock_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    return hold(path)


def hold(path: Path) -> int | None:
    """Return the descriptor of a lock file, made if missing and now held, as `take` does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(descriptor)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _lock(descriptor: int) -> None:
    """Lock the file or raise OSError at once."""
    if sys.platform == "win32":
        raise UnsupportedSystemError(
            "Jobs need Linux or macOS; on Windows run FeelingIt inside WSL."
        )
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
