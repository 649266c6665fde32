"""Writing what people take along: whole or not at all, and never over something else."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ExportError


@contextmanager
def published(out: Path) -> Iterator[Path]:
    """Yield a temporary path beside `out` that becomes `out` in the end, or is removed.

    Raises:
        ExportError: If something is at `out`, or the file system refuses.
    """
    taken = ExportError(f"{out} exists already; choose another name, nothing is overwritten.")
    if os.path.lexists(out):
        raise taken
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        if os.path.lexists(out):
            raise taken
        partial.rename(out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(f"{out} cannot be written ({reason}); choose another place.") from error
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        elif partial.exists():
            partial.unlink()
