"""Label issues as a CSV file: every scored image, worst label first."""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

from core.errors import NotReadyError
from core.services.issues import n_scored, ranked
from core.workspace import Workspace
from db.rows import DatasetRow

COLUMNS = ("image", "label", "suggested", "score")


def default_path(workspace: Workspace, dataset: DatasetRow) -> Path:
    """Return where a finished search leaves its CSV file."""
    return workspace.exports_dir / f"{dataset.name}-label-issues.csv"


def csv_text(workspace: Workspace, dataset_id: int) -> str:
    """Return all scores as CSV (image, label, suggested, score), worst first.

    `image` is the path as imported; scores have six decimals.

    Raises:
        NotReadyError: If no search has finished.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_lines(workspace, dataset_id))
    return text.getvalue()


def write_csv(workspace: Workspace, dataset_id: int, path: Path) -> int:
    """Write what `csv_text` returns to a file and return how many images it lists.

    Raises:
        NotReadyError: If no search has finished.
    """
    text = csv_text(workspace, dataset_id)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.write_text(text, encoding="utf-8", newline="")
    partial.replace(path)
    return n_scored(workspace, dataset_id)


def _lines(workspace: Workspace, dataset_id: int) -> Iterator[tuple[str, str, str, str]]:
    rows = ranked(workspace, dataset_id)
    if not rows:
        raise NotReadyError(
            "No search for label issues has finished; start one with `feelingit issues NAME`."
        )
    for row in rows:
        yield row.source_path, row.label.value, row.suggested.value, f"{row.score:.6f}"
