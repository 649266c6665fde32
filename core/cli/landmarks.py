"""The command that finds the landmarks of faces, which some masks follow."""

from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, percent, say
from core.cli.waiting import wait_for_job
from core.images.detecting import has_detector
from core.jobs.launch import ensure_supervisor
from core.services import landmarks as searches
from core.services.datasets import find_dataset
from core.services.landmarks import Coverage, Detected
from core.workspace import Workspace, open_workspace
from db.enums import JobStatus
from db.rows import JobRow


def landmarks(
    name: Annotated[str, typer.Argument(help="The data set.")],
    wait: Annotated[bool, typer.Option("--wait", help="Come back when it is finished.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the 68 landmarks of every face that has none yet, and show how many were detected.

    A face that is not detected gets likely landmarks and stays in every figure.
    """
    workspace = open_workspace()
    dataset_id = find_dataset(workspace, name).id
    job = _search(workspace, name, dataset_id, wait=wait)
    found = searches.coverage(workspace, dataset_id)
    if not has_detector():
        say(searches.HINT)
    if as_json:
        emit_json(_document(name, job, found))
    else:
        _show(name, job, found)
    if wait and job is not None and job.status is not JobStatus.DONE:
        raise typer.Exit(1)


def _search(workspace: Workspace, name: str, dataset_id: int, *, wait: bool) -> JobRow | None:
    """Queue what is missing and return the job; None where nothing is."""
    if not searches.pending(workspace, dataset_id):
        return None
    job = searches.enqueue_landmarks(workspace, name)
    ensure_supervisor(workspace)
    return wait_for_job(workspace, job.id, f"Landmarks of {name}") if wait else job


def _document(name: str, job: JobRow | None, found: Coverage) -> dict[str, Any]:
    return {
        "dataset": name,
        "job": job.id if job else None,
        "status": job.status if job else JobStatus.DONE,
        "error": job.error if job else None,
        "detector": has_detector(),
        **_entry(found.total),
        "per_emotion": {emotion: _entry(one) for emotion, one in found.by_emotion.items()},
        "splits": {
            split: {emotion: _entry(one) for emotion, one in emotions.items()}
            for split, emotions in found.by_split.items()
        },
    }


def _entry(found: Detected) -> dict[str, Any]:
    return {
        "images": found.images,
        "computed": found.computed,
        "detected": found.detected,
        "share": found.share,
    }


def _show(name: str, job: JobRow | None, found: Coverage) -> None:
    if job is not None and job.status is not JobStatus.DONE:
        why = f" ({job.error})" if job.error else ""
        emit_line(
            f"The search is job {job.id}, {job.status}{why}; `feelingit jobs` shows how it does."
        )
    rows = [(emotion.value, *_cells(one)) for emotion, one in found.by_emotion.items()]
    rows.append(("all", *_cells(found.total)))
    emit_table(f"Landmarks of {name}", ("emotion", "kept faces", "computed", "detected", ""), rows)


def _cells(found: Detected) -> tuple[str, str, str, str]:
    return (f"{found.images:,}", f"{found.computed:,}", f"{found.detected:,}", percent(found.share))


COMMANDS = (landmarks,)
