"""Label issues: queue the search, read what it found, see how much of it was right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.quality.out_of_fold import without_in_sample
from core.services import jobs
from core.services.datasets import find_dataset
from core.services.judging import judged_by_run, run_of_dataset
from core.services.versions import freeze
from core.workspace import Workspace
from db.enums import JobKind, JobStatus
from db.repositories import datasets, versions
from db.repositories import issues as stored
from db.repositories import jobs as stored_jobs
from db.rows import IssueRow, JobRow, NewIssue

FOLDS = 4
# Half of 1 + p(label) - p(most probable other emotion); p is the mean of a network's probability
# and the share of the label among the nearest 20 faces, and of two rounds where faces are few.
SCORE = "normalized_margin"
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
    run: int | None = None,
) -> JobRow:
    """Queue the search for label issues among the kept images, as they are now, of all splits.

    The images are frozen first, so that a search that is interrupted goes on with the same ones.
    An unfinished search for the same is returned in place of a second one; a paused one goes on.

    Args:
        workspace: Where the data set is.
        dataset_name: The data set.
        folds: How many networks share the work, each judging the images that it did not see.
        seed: Which image is in which fold, and every random choice of the networks.
        epochs: How long each network is trained; by the number of images where None.
        run: A finished run of this data set that judges in place of new networks, and only the
            test faces that it saw neither themselves nor as a copy; the other options are ignored.

    Raises:
        UnknownDatasetError: If there is no such data set.
        NotReadyError: If an import into it did not finish, or the run is not done.
        EmptySetError: If no image of it is kept.
        UnknownRunError: If there is no such run.
        OtherDatasetError: If the run was trained on another data set.
        InSampleError: If the run saw all faces that it judged, or copies of them.
    """
    payload = _payload(workspace, dataset_name, folds=folds, seed=seed, epochs=epochs, run=run)
    if run is not None:
        run_of_dataset(workspace, run, dataset_name)
        without_in_sample(judged_by_run(workspace, run, payload["version"]))
    same = [one for one in searches(workspace, payload["dataset"]) if one.payload == payload]
    if not same:
        return jobs.enqueue(workspace, JobKind.ISSUES, payload)
    is_paused = same[0].status is JobStatus.PAUSED
    return jobs.requeue(workspace, same[0].id) if is_paused else same[0]


def same_search(
    workspace: Workspace,
    dataset_name: str,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    epochs: int | None = None,
    run: int | None = None,
) -> JobRow | None:
    """Return the finished job that `enqueue_issues` would repeat, if its scores are those kept.

    Raises:
        UnknownDatasetError: If there is no such data set.
        NotReadyError: If an import into it did not finish.
        EmptySetError: If no image of it is kept.
    """
    payload = _payload(workspace, dataset_name, folds=folds, seed=seed, epochs=epochs, run=run)
    job = scored_by(workspace, find_dataset(workspace, dataset_name).id)
    return job if job and job.payload == payload else None


def scored_by(workspace: Workspace, dataset_id: int) -> JobRow | None:
    """Return the job that the scores of a data set come from; None where it has none."""
    with workspace.reading() as session:
        job_id = stored.job_id(session, dataset_id)
    return None if job_id is None else jobs.find_job(workspace, job_id)


def searches(workspace: Workspace, dataset_id: int) -> list[JobRow]:
    """Return the searches of a data set that wait, run or are paused, in order of starting."""
    with workspace.reading() as session:
        found = stored_jobs.with_status(session, (*stored_jobs.UNFINISHED, JobStatus.PAUSED))
    return [
        job for job in found if job.kind is JobKind.ISSUES and job.payload["dataset"] == dataset_id
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


def n_left_out(workspace: Workspace, job: JobRow) -> int:
    """Return how many images of the version that a search was about have no score from it.

    Networks trained for a search judge all; a run leaves out those it saw or was not tested on.
    """
    with workspace.reading() as session:
        n_images = versions.by_id(session, job.payload["version"]).n_images
        return n_images - stored.count(session, job.payload["dataset"])


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


def _payload(
    workspace: Workspace,
    dataset_name: str,
    *,
    folds: int,
    seed: int,
    epochs: int | None,
    run: int | None,
) -> dict[str, Any]:
    version = freeze(workspace, dataset_name)
    about = {"dataset": version.dataset_id, "name": dataset_name, "version": version.id}
    if run is not None:
        return about | {"run": run}
    return about | {"folds": folds, "seed": seed, "epochs": epochs}
