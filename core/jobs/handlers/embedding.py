"""The embedding job: describe all faces of a run's version by its network, find those alike."""

from core.configs import TrainConfig
from core.jobs.context import JobContext
from core.ml import evaluation
from core.ml.embedding import features
from core.quality.embedding_pairs import pictures, similar_pairs, whitened
from core.services.embeddings import Embedding, record_embedding
from core.services.experiments import find_run
from core.services.versions import face_set

DESCRIBING_SHARE = 0.9  # of the progress bar, measured with `fast`; comparing is the rest


def handle(context: JobContext) -> None:
    """Describe and compare the faces of the run that the payload names, {"run": id}.

    Raises:
        UnknownRunError: If there is no such run.
        CheckpointError: If the run has no weights.
        MissingLandmarksError: If the run's mask follows landmarks and its faces have none.
        JobCancelledError: If the job is asked to stop.
    """
    run = find_run(context.workspace, int(context.job.payload["run"]))
    context.report(0.0, "Reading the faces")
    config = TrainConfig.from_json(run.config)
    model = evaluation.load(context.workspace.run_dir(run.id), config)
    faces = face_set(context.workspace, run.version_id)

    def described(n: int) -> None:
        share = DESCRIBING_SHARE * n / len(faces)
        context.report(share, f"Described {n:,} of {len(faces):,} faces")

    def compared(n: int) -> None:
        share = DESCRIBING_SHARE + (1 - DESCRIBING_SHARE) * n / len(places)
        context.report(share, f"Compared {n:,} of {len(places):,} pictures")

    rows = features(model, faces, config, on_batch=described)
    picture_of, places = pictures(faces.groups)
    vectors = whitened(rows[places])
    found = similar_pairs(vectors, on_rows=compared)
    record_embedding(
        context.workspace,
        run.id,
        Embedding(
            image_ids=faces.image_ids,
            pictures=picture_of,
            features=rows,
            vectors=vectors.astype("float16"),
            pairs=found.pairs,
            reach=found.reach,
        ),
    )
