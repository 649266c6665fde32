"""Testing finished runs under further masks."""

from collections.abc import Sequence

from core.configs import TrainConfig, masks_to_test
from core.errors import ConfigError, NotReadyError
from core.services.experiments import find_run
from core.services.jobs import enqueue
from core.services.landmarks import require_landmarks
from core.workspace import Workspace
from db.enums import JobKind, JobStatus, Mask
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
    run = find_run(workspace, run_id)
    if run.status is not JobStatus.DONE:
        raise NotReadyError(
            f"Run {run_id} is {run.status}; test it under further masks when it is done."
        )
    if not masks:
        raise ConfigError(f"No mask is given to test run {run_id} under; name one or more.")
    needed = masks_to_test(TrainConfig.from_json(run.config), masks)
    require_landmarks(workspace, run.version_id, needed)
    payload = {"run": run_id, "test_masks": [mask.value for mask in dict.fromkeys(masks)]}
    return enqueue(workspace, JobKind.EVALUATE, payload)
