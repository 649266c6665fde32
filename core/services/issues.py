"""Label issues: queue the search, read what it found, see how much of it was right."""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import NotReadyError
from core.services import jobs
from core.services.datasets import find_dataset
from core.services.versions import freeze
from core.workspace import Workspace
from db.enums import JobKind
from db.repositories import datasets
from db.repositories import issues as stored
from db.rows import IssueRow, JobRow, NewIssue

FOLDS = 4
SCORE = "normalized_margin"  # half of 1 + p(label) - p(most probable other emotion)
COLUMNS = ("image", "label", "suggested", "score")
PRECISION_AT = (20, 50, 100)


@dataclass(frozen=True, kw_only=True)
class PrecisionAt:
    """How many of the `k` worst labels of drawn faces are false; `share` 0..1 of those k."""

    k: int
    n_false: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """Of the worst `looked_at` labels: how many people reviewed, how many of those changed."""

    looked_at: int
    reviewed: int
    changed: int


def enqueue_issues(
    workspace: Workspace,
    dataset_name: str,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    epochs: int | None = None,
) -> JobRow:
    """Queue the search for label issues among the kept images, as they are now, of all splits.

    The images are frozen first, so that a search that is interrupted goes on with the same ones.
    An unfinished search for the same is returned in place of a second one.

    Args:
        workspace: Where the data set is.
        dataset_name: The data set.
        folds: How many networks share the work, each judging the images that it did not see.
        seed: Which image is in which fold, and every random choice of the networks.
        epochs: How long each network is trained; by the number of images where None.

    Raises:
        UnknownDatasetError: If there is no such data set.
        NotReadyError: If an import into it did not finish.
        EmptySetError: If no image of it is kept.
    """
    payload = _payload(workspace, dataset_name, folds=folds, seed=seed, epochs=epochs)
    same = (
        job
        for job in jobs.unfinished(workspace)
        if job.kind is JobKind.ISSUES and job.payload == payload
    )
    return next(same, None) or jobs.enqueue(workspace, JobKind.ISSUES, payload)


def same_search(
    workspace: Workspace,
    dataset_name: str,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    epochs: int | None = None,
) -> JobRow | None:
    """Return the finished job that `enqueue_issues` would repeat, if its scores are those kept.

    Raises:
        UnknownDatasetError: If there is no such data set.
        NotReadyError: If an import into it did not finish.
        EmptySetError: If no image of it is kept.
    """
    payload = _payload(workspace, dataset_name, folds=folds, seed=seed, epochs=epochs)
    job = scored_by(workspace, find_dataset(workspace, dataset_name).id)
    return job if job and job.payload == payload else None


def scored_by(workspace: Workspace, dataset_id: int) -> JobRow | None:
    """Return the job that the scores of a data set come from; None where it has none."""
    with workspace.reading() as session:
        job_id = stored.job_id(session, dataset_id)
    return None if job_id is None else jobs.find_job(workspace, job_id)


def searches(workspace: Workspace, dataset_id: int) -> list[JobRow]:
    """Return the unfinished searches for label issues of a data set, oldest first."""
    return [
        job
        for job in jobs.unfinished(workspace)
        if job.kind is JobKind.ISSUES and job.payload["dataset"] == dataset_id
    ]


def record_issues(
    workspace: Workspace, dataset_id: int, issues: Sequence[NewIssue], *, job_id: int
) -> None:
    """Store the scores of a data set in place of those it had, all at once."""
    with workspace.writing() as session:
        stored.replace(session, dataset_id, issues, job_id=job_id)
        datasets.raise_revision(session, dataset_id)  # the queue of likely wrong labels changed


def n_scored(workspace: Workspace, dataset_id: int) -> int:
    """Return how many images of a data set have a score; 0 before the first search."""
    with workspace.reading() as session:
        return stored.count(session, dataset_id)


def ranked(
    workspace: Workspace, dataset_id: int, limit: int | None = None, *, start: int = 0
) -> list[IssueRow]:
    """Return the images of a data set with their scores, worst first; empty before a search."""
    with workspace.reading() as session:
        return stored.ranked(session, dataset_id, start=start, limit=limit)


def reviewed(workspace: Workspace, dataset_id: int, *, worst: int) -> Reviewed:
    """Return how many of the worst labels were reviewed since the search, and changed."""
    rows = ranked(workspace, dataset_id, worst)
    done = [row for row in rows if row.is_reviewed]
    return Reviewed(
        looked_at=len(rows), reviewed=len(done), changed=sum(row.is_changed for row in done)
    )


def precision_on_truth(
    workspace: Workspace, dataset_id: int, ks: Sequence[int] = PRECISION_AT
) -> list[PrecisionAt]:
    """Return how many of the worst labels of drawn faces are false; empty for real faces.

    A `k` above the number of scored images is left out.
    """
    with workspace.reading() as session:
        false = stored.false_in_order(session, dataset_id)
    counts = [(k, sum(false[:k])) for k in ks if k <= len(false)]
    return [PrecisionAt(k=k, n_false=n_false, share=n_false / k) for k, n_false in counts]


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
            "No search for label issues has finished; start one with "
            "`feelingit issues NAME --wait`."
        )
    for row in rows:
        yield row.source_path, row.label.value, row.suggested.value, f"{row.score:.6f}"


def _payload(
    workspace: Workspace, dataset_name: str, *, folds: int, seed: int, epochs: int | None
) -> dict[str, Any]:
    version = freeze(workspace, dataset_name)
    return {
        "dataset": version.dataset_id,
        "name": dataset_name,
        "version": version.id,
        "folds": folds,
        "seed": seed,
        "epochs": epochs,
    }
