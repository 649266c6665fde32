"""Maps of what runs look at: queue them, see how they come on, store them and read them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.errors import NotReadyError
from core.maps.run_maps import RunMaps, read_run_maps, write_run_maps
from core.services import jobs
from core.services.experiments import find_run, find_trained
from core.workspace import Workspace
from db.enums import JobKind, JobStatus, SaliencyMethod
from db.rows import JobRow

IMAGES_PER_EMOTION = 128  # a mean map's noise falls with the root: 9 % of one image's spread


def enqueue_saliency(
    workspace: Workspace, run_id: int, method: SaliencyMethod = SaliencyMethod.GRAD_CAM
) -> JobRow:
    """Queue the maps of a run and return the job, or the unfinished one that computes them.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If its training is not done.
    """
    find_trained(workspace, run_id, to="have saliency maps")
    return under_way(workspace, run_id, method) or jobs.enqueue(
        workspace, JobKind.SALIENCY, _payload(run_id, method)
    )


def enqueue_missing(
    workspace: Workspace, wanted: Iterable[tuple[int, SaliencyMethod]]
) -> list[JobRow]:
    """Queue those of these maps, runs by methods, that are not computed, and return their jobs.

    Raises:
        UnknownRunError, NotReadyError: As `enqueue_saliency`; jobs queued before it stay.
    """
    missing = [
        (run_id, method)
        for run_id, method in dict.fromkeys(wanted)
        if not maps_path(workspace, run_id, method).exists()
    ]
    return [enqueue_saliency(workspace, run_id, method) for run_id, method in missing]


def under_way(workspace: Workspace, run_id: int, method: SaliencyMethod) -> JobRow | None:
    """Return the queued or running job that computes these maps, if there is one."""
    return jobs.under_way(workspace, JobKind.SALIENCY, _payload(run_id, method))


def last_failure(workspace: Workspace, run_id: int, method: SaliencyMethod) -> str:
    """Return the first line of why the newest job for these maps failed; empty where it did not."""
    wanted = _payload(run_id, method)
    tries = (
        job
        for job in jobs.jobs(workspace)
        if job.kind is JobKind.SALIENCY and wanted.items() <= job.payload.items()
    )
    newest = max(tries, key=lambda job: job.id, default=None)
    if newest is None or newest.status is not JobStatus.FAILED:
        return ""
    return (newest.error or "it left no word").splitlines()[0]


def computed(workspace: Workspace, run_id: int) -> list[SaliencyMethod]:
    """Return the methods by which a run's maps were computed, in their usual order."""
    return [method for method in SaliencyMethod if maps_path(workspace, run_id, method).exists()]


def run_maps(workspace: Workspace, run_id: int, method: SaliencyMethod) -> RunMaps:
    """Return the maps of a run's images.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If the maps were not computed yet.
    """
    find_run(workspace, run_id)
    try:
        return read_run_maps(maps_path(workspace, run_id, method))
    except FileNotFoundError:
        raise _not_ready(workspace, run_id, method) from None


def maps_path(workspace: Workspace, run_id: int, method: SaliencyMethod) -> Path:
    """Return the file of a run's maps, computed or not."""
    return workspace.run_dir(run_id) / f"maps-{method}.npz"


def record_run_maps(
    workspace: Workspace, run_id: int, method: SaliencyMethod, maps: RunMaps
) -> None:
    """Store the maps of a run in its folder, replacing earlier ones of the same method."""
    write_run_maps(maps_path(workspace, run_id, method), maps)


def _payload(run_id: int, method: SaliencyMethod) -> dict[str, Any]:
    return {"run": run_id, "method": method.value}


def _not_ready(workspace: Workspace, run_id: int, method: SaliencyMethod) -> NotReadyError:
    job = under_way(workspace, run_id, method)
    if job is not None:
        return NotReadyError(f"The {method} maps of run {run_id} are on their way: job {job.id}.")
    return NotReadyError(
        f"Run {run_id} has no {method} maps yet; compute them with "
        f"`feelingit saliency {run_id} --method {method}`."
    )
