"""The evaluation job: test a finished run under further masks."""

from core.configs import TrainConfig
from core.jobs.context import JobContext
from core.jobs.handlers.training import scored_masks
from core.ml import evaluation
from core.ml.testing import tested
from core.quality.partition import partition_of
from core.services.experiments import find_run
from core.services.outcomes import record_outcome
from core.services.versions import face_set
from db.enums import Mask


def handle(context: JobContext) -> None:
    """Test the run that the payload names, {"run": id, "test_masks": [...]}, and add the figures.

    Its own mask is tested again only where it is among them.

    Raises:
        UnknownRunError: If there is no such run.
        CheckpointError: If the run has no weights.
        MissingLandmarksError: If a mask follows landmarks and its version has none.
        JobCancelledError, JobPausedError: If the job is asked to stop or to rest.
    """
    workspace = context.workspace
    run = find_run(workspace, int(context.job.payload["run"]))
    config = TrainConfig.from_json(run.config)
    context.report(0.0, "Reading the faces")
    faces = face_set(workspace, run.version_id)
    asked = context.job.payload["test_masks"]
    masks = [mask for mask in scored_masks(context, config, faces) if mask.value in asked]
    parts = partition_of(faces, config)
    model = evaluation.load(workspace.run_dir(run.id), config)

    def on_mask(n_done: int, mask: Mask) -> None:
        message = f"Scoring {len(parts.test):,} test faces, mask {mask}"
        context.report(n_done / len(masks), message)

    table = tested(model, faces, parts, config, masks, on_mask=on_mask)
    record_outcome(workspace, run.id, table)
