"""The faithfulness job: how far a method's maps of a run can be trusted, on a few test images."""

from core.configs import TrainConfig
from core.jobs.context import JobContext
from core.jobs.handlers.saliency import sample
from core.maps.measured import wegrzyn2017
from core.ml import evaluation
from core.ml.faithfulness import examined
from core.quality.partition import partition_of
from core.services.experiments import find_run
from core.services.faithfulness import record_faithfulness
from core.services.versions import face_set
from db.enums import EMOTIONS, SaliencyMethod

IMAGES_PER_EMOTION = 10  # 70 in all put the 95 % interval of an area within about 0.05 of it


def handle(context: JobContext) -> None:
    """Examine the maps that the payload names, {"run": id, "method": name}, and store the result.

    Raises:
        UnknownRunError: If there is no such run.
        CheckpointError: If the run has no weights.
        MissingLandmarksError: If the run's mask follows landmarks and its faces have none.
        JobCancelledError: If the job is asked to stop.
    """
    run = find_run(context.workspace, int(context.job.payload["run"]))
    method = SaliencyMethod(context.job.payload["method"])
    context.report(0.0, "Reading the faces")
    config = TrainConfig.from_json(run.config)
    model = evaluation.load(context.workspace.run_dir(run.id), config)
    faces = face_set(context.workspace, run.version_id)
    test = partition_of(faces, config).test
    chosen = sample(faces.labels[test], per_emotion=IMAGES_PER_EMOTION, seed=config.seed)
    people = wegrzyn2017()
    found = examined(
        model,
        faces.at(test[chosen]),
        config,
        method,
        human={EMOTIONS.index(emotion): people.raw(emotion) for emotion in people.emotions},
        on_part=context.report,
    )
    record_faithfulness(context.workspace, run.id, method, found)
