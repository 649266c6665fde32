"""Where the inference process of a workspace listens: one for each workspace and user."""

import hashlib
import os
import socket
import stat
import sys
import tempfile
from pathlib import Path

from core.errors import InferenceError, UnsupportedSystemError
from core.workspace import Workspace

LOG_NAME = "inference.log"
CONNECT_S = 5.0
MOST_PATH_BYTES = 100  # a Unix socket's address has room for 103 on macOS, 107 on Linux


def socket_path(workspace: Workspace) -> Path:
    """Return the path of the socket, which may not be there; its folder is this user's alone.

    It is not in the workspace: paths of sockets must be short, and some shared disks have none.

    Raises:
        InferenceError: If the folder for it belongs to somebody else.
        UnsupportedSystemError: On Windows.
    """
    url = workspace.engine.url.render_as_string(hide_password=True)
    name = hashlib.sha256(f"{workspace.data_dir}\n{url}".encode()).hexdigest()[:16]
    return _folder() / f"{name}.sock"


def lock_path(listens_at: Path) -> Path:
    """Return the path of the lock that is held as long as somebody listens at a socket."""
    return listens_at.with_suffix(".lock")


def log_path(workspace: Workspace) -> Path:
    """Return the path of what the process logs."""
    return workspace.data_dir / "jobs" / LOG_NAME


def connect(path: Path) -> socket.socket:
    """Return a connection to whoever listens.

    Raises:
        OSError: If nobody does.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(CONNECT_S)  # so long only where its queue is full
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def listen(path: Path) -> socket.socket:
    """Return a socket that listens at the path, in place of one that nobody listens at any more.

    Only the holder of the lock beside it may call this. Only this user may connect.
    """
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def _folder() -> Path:
    """Return the folder of this user's sockets, made if it is missing."""
    if sys.platform == "win32":
        raise UnsupportedSystemError(
            "The inference process needs Linux or macOS; on Windows run FeelingIt inside WSL."
        )
    folder = _temporary() / f"feelingit-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise InferenceError(
            f"{folder} is not a folder of yours alone, so nothing listens there; remove it or set "
            "TMPDIR to another place."
        )
    return folder


def _temporary() -> Path:
    """Return the folder for temporary files, /tmp where its name is too long for a socket's."""
    usual = tempfile.gettempdir()
    room = len(os.fsencode(usual)) + len("/feelingit-4294967295/0123456789abcdef.sock")
    return Path(usual if room <= MOST_PATH_BYTES else "/tmp")
