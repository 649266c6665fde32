"""Tie a process to its parent: it ends when the parent does, however that came about."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
WATCH_S = 1.0


def end_with(parent_pid: int) -> None:
    """Have the kernel, or where it cannot a thread, kill this process when its parent ends."""
    if sys.platform == "linux" and _ask_kernel():
        if os.getppid() != parent_pid:  # it ended before we asked
            os.kill(os.getpid(), signal.SIGKILL)
        return
    threading.Thread(target=watch, args=(parent_pid,), daemon=True).start()


def watch(parent_pid: int) -> None:
    """Kill this process as soon as its parent is not `parent_pid` any more."""
    while os.getppid() == parent_pid:
        time.sleep(WATCH_S)
    os._exit(1)


def _ask_kernel() -> bool:
    result: int = ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return result == 0
