"""What a job's row says of an error: one line, and of a full disk what to do about it."""

import errno
import shutil
import traceback
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import OperationalError

from core.errors import DiskFullError, FeelingItError
from core.workspace import Workspace

DISK_FULL_STATUS = errno.ENOSPC  # what a job's process exits with where it cannot even say so
FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})
POSTGRES_DISK_FULL = "53100"  # SQLSTATE disk_full, whatever language the server speaks
FULL_BYTES = 1024 * 1024  # SQLite calls it an I/O error where it cannot grow its shared memory


def in_one_line(error: Exception, workspace: Workspace, job_id: int) -> str:
    """Return our own errors as they are, others as a traceback's last entry begins."""
    if is_disk_full(error, workspace.data_dir):
        is_ours = not any(_is_of_postgres(one) for one in _chain(error))
        return str(DiskFullError(workspace.data_dir if is_ours else "the database", job_id))
    if isinstance(error, FeelingItError):
        return str(error)
    return traceback.format_exception_only(error)[-1].splitlines()[0]


def is_disk_full(error: BaseException, folder: Path) -> bool:
    """Return whether an error came about because nothing more fits on the folder's disk."""
    return any(_says_full(one, folder) for one in _chain(error))


def _says_full(error: BaseException, folder: Path) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL_ERRNOS
    if isinstance(error, OperationalError):
        if _is_of_postgres(error):
            return True
        text = str(error.orig)
        has_no_room = shutil.disk_usage(folder).free < FULL_BYTES
        return "disk is full" in text or ("disk I/O error" in text and has_no_room)
    return False


def _is_of_postgres(error: BaseException) -> bool:
    """Return whether PostgreSQL says that its disk is full, which may be another machine's."""
    cause = error.orig if isinstance(error, OperationalError) else None
    return getattr(cause, "sqlstate", None) == POSTGRES_DISK_FULL


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it came from; PyTorch hides the cause of a failed write."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
