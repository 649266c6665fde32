"""The command that ranks images by how badly their label fits."""

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, percent, say
from core.cli.waiting import wait_for_job
from core.jobs.launch import ensure_supervisor
from core.services import issue_files
from core.services import issues as searches
from core.services.datasets import find_dataset
from core.workspace import Workspace, open_workspace
from db.enums import JobStatus
from db.rows import DatasetRow, IssueRow, JobRow


def issues(  # noqa: PLR0913  (each argument is an option of the command)
    name: Annotated[str, typer.Argument(help="The data set.")],
    folds: Annotated[int, typer.Option(min=2, help="How many networks share the work.")] = (
        searches.FOLDS
    ),
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same scores on a CPU.")] = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs of each network.")] = None,
    run: Annotated[
        int | None, typer.Option(help="Let this finished run judge the faces that it never saw.")
    ] = None,
    wait: Annotated[
        bool, typer.Option(help="Come back when it is finished, or once it is queued.")
    ] = True,
    csv: Annotated[
        Path | None, typer.Option(help="Where to list all images, worst label first.")
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="How many of the worst to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find labels that networks disagree with which never saw the image or a copy of it.

    Networks are trained for it, unless a run is to judge: that one judges its test images only. A
    search that was made before with the same images, labels and options is not made again.
    """
    workspace = open_workspace()
    asked = {"folds": folds, "seed": seed}
    job = searches.same_search(workspace, name, **asked, epochs=epochs, run=run)
    if job is None:
        job = searches.enqueue_issues(workspace, name, **asked, epochs=epochs, run=run)
        ensure_supervisor(workspace)
        if wait or csv:
            job = wait_for_job(workspace, job.id, f"Label issues of {name}")
    dataset = find_dataset(workspace, name)
    path = _listed(workspace, dataset, job, csv) if job.status is JobStatus.DONE else None
    if as_json:
        emit_json(_document(workspace, dataset, job, top=top, path=path))
    else:
        _show(workspace, dataset, job, top)
    if (wait or csv) and job.status is not JobStatus.DONE:
        raise typer.Exit(1)


def _listed(workspace: Workspace, dataset: DatasetRow, job: JobRow, csv: Path | None) -> Path:
    """Write the list of all scored images, say where it is and who was left out."""
    path = csv or issue_files.default_path(workspace, dataset)
    n = issue_files.write_csv(workspace, dataset.id, path)
    say(f"{n:,} images are in {path}, worst label first.")
    left_out = searches.n_left_out(workspace, job)
    if left_out:
        say(
            f"{left_out:,} are left out: run {job.payload['run']} saw them or copies of them, or "
            "was not tested on them."
        )
    return path


def _document(
    workspace: Workspace, dataset: DatasetRow, job: JobRow, *, top: int, path: Path | None
) -> dict[str, Any]:
    is_done = job.status is JobStatus.DONE
    worst = searches.ranked(workspace, dataset.id, top) if is_done else []
    options = {name: job.payload.get(name) for name in ("folds", "seed", "epochs", "run")}
    return {
        "dataset": dataset.name,
        "job": job.id,
        "status": job.status,
        "error": job.error,
        **options,
        "score": searches.SCORE,
        "images": searches.n_scored(workspace, dataset.id) if is_done else 0,
        "left_out": searches.n_left_out(workspace, job) if is_done else 0,
        "seconds": _seconds(job),
        "csv": None if path is None else str(path),
        "precision": {str(one.k): one.share for one in _precision(workspace, dataset.id, job)},
        "issues": [_entry(row) for row in worst],
    }


def _entry(row: IssueRow) -> dict[str, Any]:
    return {
        "image": row.source_path,
        "label": row.label,
        "suggested": row.suggested,
        "score": row.score,
    }


def _show(workspace: Workspace, dataset: DatasetRow, job: JobRow, top: int) -> None:
    if job.status is not JobStatus.DONE:
        why = f" ({job.error})" if job.error else ""
        emit_line(
            f"The search is job {job.id}, {job.status}{why}; `feelingit jobs` shows how it is "
            "doing, the same command again shows what it found."
        )
        return
    n = searches.n_scored(workspace, dataset.id)
    rows = [
        (row.source_path, row.label, row.suggested, f"{row.score:.4f}")
        for row in searches.ranked(workspace, dataset.id, top)
    ]
    emit_table(f"The worst of {n:,} labels (score: {searches.SCORE})", issue_files.COLUMNS, rows)
    precision = _precision(workspace, dataset.id, job)
    if precision:
        figures = [(one.k, one.n_false, percent(one.share)) for one in precision]
        emit_table("Against the planted truth", ("worst", "false", "precision"), figures)


def _precision(workspace: Workspace, dataset_id: int, job: JobRow) -> list[searches.PrecisionAt]:
    if job.status is not JobStatus.DONE:
        return []
    return searches.precision_on_truth(workspace, dataset_id)


def _seconds(job: JobRow) -> float | None:
    """Return how long the last attempt of a finished job took."""
    if job.started_at is None or job.finished_at is None:
        return None
    return (job.finished_at - job.started_at).total_seconds()


COMMANDS = (issues,)
