"""Files made for a download when somebody asks for it."""

import tempfile
from collections.abc import Callable
from pathlib import Path


def file_content(write: Callable[[Path], object]) -> bytes:
    """Return the bytes of the file that `write` makes at the path it is given."""
    with tempfile.TemporaryDirectory(prefix="feelingit-download-") as folder:
        out = Path(folder) / "file"
        write(out)
        return out.read_bytes()
