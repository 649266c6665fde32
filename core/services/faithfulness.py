"""How far a run's saliency maps can be trusted: queue the examination, keep it, read it."""

import json
import os
from pathlib import Path
from typing import Any

from core.errors import NotReadyError
from core.metrics.faithfulness import Faithfulness
from core.metrics.faithfulness_documents import from_document, to_document
from core.services import jobs
from core.services.experiments import find_run, find_trained
from core.workspace import Workspace
from db.enums import JobKind, SaliencyMethod
from db.rows import JobRow


def enqueue_faithfulness(
    workspace: Workspace, run_id: int, method: SaliencyMethod = SaliencyMethod.GRAD_CAM
) -> JobRow:
    """Queue the examination of a method and return its job, or the unfinished one that does it.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If its training is not done.
    """
    find_trained(workspace, run_id, to="have its maps examined")
    found = under_way(workspace, run_id, method)
    return found or jobs.enqueue(workspace, JobKind.FAITHFULNESS, _payload(run_id, method))


def under_way(workspace: Workspace, run_id: int, method: SaliencyMethod) -> JobRow | None:
    """Return the queued or running job that examines a method's maps of a run, if there is one."""
    return jobs.under_way(workspace, JobKind.FAITHFULNESS, _payload(run_id, method))


def faithfulness(
    workspace: Workspace, run_id: int, method: SaliencyMethod = SaliencyMethod.GRAD_CAM
) -> Faithfulness:
    """Return how far a method's maps of a run can be trusted.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it was not examined yet, or in a way that this version cannot read.
    """
    find_run(workspace, run_id)
    path = faithfulness_path(workspace, run_id, method)
    try:
        return from_document(json.loads(path.read_text()))
    except FileNotFoundError:
        raise _not_ready(workspace, run_id, method) from None
    except (ValueError, KeyError, TypeError):
        raise NotReadyError(
            f"The examination of {method} maps of run {run_id} cannot be read; delete "
            f"{path} and run `feelingit faithfulness {run_id} --method {method}`."
        ) from None


def result_document(
    workspace: Workspace, run_id: int, method: SaliencyMethod = SaliencyMethod.GRAD_CAM
) -> dict[str, Any]:
    """Return what `feelingit faithfulness --json` prints.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it was not examined yet.
    """
    found = faithfulness(workspace, run_id, method)
    return {"run": run_id, "method": method.value, **to_document(found)}


def faithfulness_path(workspace: Workspace, run_id: int, method: SaliencyMethod) -> Path:
    """Return the file of an examination, made or not."""
    return workspace.run_dir(run_id) / f"faithfulness-{method}.json"


def record_faithfulness(
    workspace: Workspace, run_id: int, method: SaliencyMethod, found: Faithfulness
) -> None:
    """Store an examination in the run's folder, whole or not at all, in place of an earlier one."""
    path = faithfulness_path(workspace, run_id, method)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        partial.write_text(json.dumps(to_document(found), allow_nan=False, indent=1))
        partial.replace(path)
    finally:  # on a full disk, do not keep half a file
        partial.unlink(missing_ok=True)


def _payload(run_id: int, method: SaliencyMethod) -> dict[str, Any]:
    return {"run": run_id, "method": method.value}


def _not_ready(workspace: Workspace, run_id: int, method: SaliencyMethod) -> NotReadyError:
    job = under_way(workspace, run_id, method)
    if job is not None:
        return NotReadyError(f"The {method} maps of run {run_id} are being examined: job {job.id}.")
    return NotReadyError(
        f"The {method} maps of run {run_id} were not examined yet; do so with "
        f"`feelingit faithfulness {run_id} --method {method}`."
    )
