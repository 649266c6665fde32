"""Testing finished runs under further masks."""

from collections.abc import Mapping, Sequence

from core.configs import TrainConfig, masks_to_test
from core.errors import ConfigError
from core.services.experiments import find_trained
from core.services.jobs import enqueue, unfinished
from core.services.landmarks import require_landmarks
from core.workspace import Workspace
from db.enums import JobKind, Mask
from db.rows import JobRow


def enqueue_evaluation(workspace: Workspace, run_id: int, masks: Sequence[Mask]) -> JobRow:
    """Queue a job that tests a finished run under masks, and return it.

    Its figures are added to those the run has; under a mask it was tested with they are replaced.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it is not done.
        ConfigError: If no mask is given or one is random.
        MissingLandmarksError: If a mask follows landmarks and a face of the version has none.
    """
    _require_testable(workspace, run_id, masks)
    payload = {"run": run_id, "test_masks": [mask.value for mask in dict.fromkeys(masks)]}
    return enqueue(workspace, JobKind.EVALUATE, payload)


def enqueue_evaluations(workspace: Workspace, wanted: Mapping[int, Sequence[Mask]]) -> list[JobRow]:
    """Queue the testing of several runs, each under its masks, and return the jobs.

    What a job that waits or runs tests already is left out.

    Raises:
        UnknownRunError, NotReadyError, ConfigError, MissingLandmarksError: As above; nothing is
            queued then.
    """
    lacking = without_waiting(workspace, wanted)
    for run_id, masks in lacking.items():
        _require_testable(workspace, run_id, masks)
    return [enqueue_evaluation(workspace, run_id, masks) for run_id, masks in lacking.items()]


def without_waiting(
    workspace: Workspace, wanted: Mapping[int, Sequence[Mask]]
) -> dict[int, list[Mask]]:
    """Return which masks of runs no job that waits or runs is going to test, by run."""
    under_way = {
        (int(job.payload["run"]), Mask(mask))
        for job in unfinished(workspace)
        if job.kind is JobKind.EVALUATE
        for mask in job.payload["test_masks"]
    }
    lacking = {
        run_id: [mask for mask in masks if (run_id, mask) not in under_way]
        for run_id, masks in wanted.items()
    }
    return {run_id: masks for run_id, masks in lacking.items() if masks}


def _require_testable(workspace: Workspace, run_id: int, masks: Sequence[Mask]) -> None:
    run = find_trained(workspace, run_id, to="be tested under further masks")
    if not masks:
        raise ConfigError(f"No mask is given to test run {run_id} under; name one or more.")
    needed = masks_to_test(TrainConfig.from_json(run.config), masks)
    require_landmarks(workspace, run.version_id, needed)
