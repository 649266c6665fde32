"""The saliency job: the mean maps of a trained run, over some test images of each emotion."""

import numpy as np
from numpy.typing import NDArray

from core.configs import TrainConfig
from core.jobs.context import JobContext
from core.ml import evaluation
from core.ml.saliency import mean_maps
from core.quality.partition import partition_of
from core.services.experiments import find_run
from core.services.saliency import record_mean_maps
from core.services.versions import face_set
from db.enums import EMOTIONS, SaliencyMethod

IMAGES_PER_EMOTION = 128  # the mean map's noise falls with the root: 9 % of one image's spread


def handle(context: JobContext) -> None:
    """Compute the mean maps that the payload names, {"run": id, "method": name}, and store them.

    Raises:
        UnknownRunError: If there is no such run.
        CheckpointError: If the run has no weights.
        JobCancelledError: If the job is asked to stop.
    """
    run_id = int(context.job.payload["run"])
    method = SaliencyMethod(context.job.payload["method"])
    run = find_run(context.workspace, run_id)
    context.report(0.0, "Reading the faces")
    config = TrainConfig.from_json(run.config)
    model = evaluation.load(context.workspace.run_dir(run_id), config)
    faces = face_set(context.workspace, run.version_id)
    test = partition_of(faces, config).test
    chosen = test[sample(faces.labels[test], per_emotion=IMAGES_PER_EMOTION, seed=config.seed)]

    def report(n_done: int) -> None:
        context.report(n_done / len(chosen), f"Computed {n_done} of {len(chosen)} maps")

    means = mean_maps(model, faces.at(chosen), config, method, on_batch=report)
    record_mean_maps(context.workspace, run_id, method, means)


def sample(labels: NDArray[np.int64], *, per_emotion: int, seed: int) -> NDArray[np.int64]:
    """Return indices of up to `per_emotion` images of each emotion, drawn at random, ascending."""
    rng = np.random.default_rng(seed)
    drawn = [
        rng.permutation(np.flatnonzero(labels == label))[:per_emotion]
        for label in range(len(EMOTIONS))
    ]
    return np.sort(np.concatenate(drawn))
