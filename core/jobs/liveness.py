"""Whether a supervisor that wrote its name into a job's row still lives."""

import hashlib
import os
import platform
import subprocess
import uuid
from pathlib import Path

PROC = Path("/proc")
BOOT_ID = PROC / "sys/kernel/random/boot_id"
START_FIELD = 21  # of /proc/PID/stat, counted from 0: clock ticks from boot to the process's start
NODE_LENGTH = 32  # the whole name is stored in 64 characters


def worker_name() -> str:
    """Return a name for a supervisor in this process: machine, pid, the pid's birth, itself."""
    pid = os.getpid()
    return f"{_node()}:{pid}:{_birth(pid)}:{uuid.uuid4().hex[:8]}"


def is_gone(worker: str) -> bool:
    """Return whether the process that had this name has surely ended.

    A process of another machine, or a name that is none of ours, may live for all we know. After a
    reboot or much time another process may have its pid: then it was born at another moment.
    """
    match worker.rsplit(":", 3):
        case [node, pid, birth, _] if node == _node() and pid.isdigit():
            return _birth(int(pid)) != birth
        case _:
            return False


def _node() -> str:
    return platform.node()[:NODE_LENGTH]


def _birth(pid: int) -> str:
    """Return eight hex digits that no other process with this pid has; empty where none has it."""
    moment = _start_on_linux(pid) if BOOT_ID.exists() else _start_by_ps(pid)
    return hashlib.sha256(moment.encode()).hexdigest()[:8] if moment else ""


def _start_on_linux(pid: int) -> str:
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    state, *fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
    ticks = fields[START_FIELD - 3]  # pid, name and state are gone
    return "" if state in "ZX" else f"{BOOT_ID.read_text()}{ticks}"


def _start_by_ps(pid: int) -> str:
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
