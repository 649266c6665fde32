"""Files made for a download when somebody asks for it."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from core.services.slicing import answers_in
from core.services.terms import Mask, RunRow
from dashboard import state


def file_content(write: Callable[[Path], object]) -> bytes:
    """Return the bytes of the file that `write` makes at the path it is given."""
    with tempfile.TemporaryDirectory(prefix="feelingit-download-") as folder:
        out = Path(folder) / "file"
        write(out)
        return out.read_bytes()


def tested(runs: Sequence[RunRow], slice_name: str, test_mask: Mask | None) -> list[int]:
    """Return the ids of those runs that have figures on a slice under a test mask."""
    found = answers_in(state.workspace(), runs, slice_name, test_mask)
    return [run.id for run, one in zip(runs, found, strict=True) if one and len(one.labels)]
