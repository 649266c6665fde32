"""The embedding job describes every face of the run's version once and finds copies alike."""

import cv2
import numpy as np
import pytest
import torch

from core.configs import TrainConfig
from core.errors import CheckpointError, JobCancelledError
from core.images.encoding import encode
from core.jobs import transitions
from core.jobs.context import JobContext
from core.jobs.handlers.embedding import handle
from core.ml.models import build
from core.services.embeddings import embedding_path, enqueue_embedding
from core.services.experiments import enqueue_training
from core.services.importing import import_records
from core.services.jobs import find_job, request_cancel
from core.services.near_duplicates import find_by_run
from core.services.versions import freeze
from core.sources.records import SourceRecord
from db.enums import Emotion, JobStatus, Mask, ModelName, Split
from db.models import Job

N_FACES = 30


def records():
    """Drawn-noise faces; the last is the first a little brighter, and one is in twice."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 200, (N_FACES, 6, 6), dtype=np.uint8)
    faces = [cv2.resize(face, (48, 48)) for face in small]
    for number, face in enumerate([*faces, faces[1], faces[0] + 3]):
        path = f"{number}.png"
        yield SourceRecord(path, path, Split.TRAIN, Emotion.SAD, encode(face))


@pytest.fixture
def run(workspace):
    """A finished run of `fast` with random weights."""
    import_records(workspace, records(), name="faces")
    digest = freeze(workspace, "faces").digest
    run = enqueue_training(workspace, version=digest, model=ModelName.FAST, mask=Mask.NONE)
    with workspace.writing() as session:
        session.get(Job, run.job_id).status = JobStatus.DONE
    torch.manual_seed(0)
    workspace.run_dir(run.id).mkdir(parents=True)
    weights = build(TrainConfig.from_json(run.config)).state_dict()
    torch.save(weights, workspace.run_dir(run.id) / "model.pt")
    return run


@pytest.fixture
def context(workspace, run):
    enqueue_embedding(workspace, run.id)
    return JobContext(workspace, transitions.claim(workspace, "test"))


def test_copies_are_the_most_similar_and_every_face_is_described(workspace, run, context):
    handle(context)
    with np.load(embedding_path(workspace, run.id), allow_pickle=False) as stored:
        assert stored["features"].shape == (N_FACES + 2, build_width(run))
        assert len(stored["pixels"]) == len(stored["vectors"]) == N_FACES + 1
    found = find_by_run(workspace, 1, run.id, min_similarity=0.98)
    groups = {frozenset(group.image_ids) for group in found.groups}
    assert frozenset({1, N_FACES + 2}) in groups
    assert (found.exact_pairs, found.unseen) == (1, 0)
    job = find_job(workspace, context.job.id)
    assert job.progress == pytest.approx(1)
    assert job.message == f"Compared {N_FACES + 1} of {N_FACES + 1} pictures"


def build_width(run):
    return build(TrainConfig.from_json(run.config)).classifier.in_features


def test_doing_it_again_gives_the_same_pairs(workspace, run, context):
    handle(context)
    once = find_by_run(workspace, 1, run.id, min_similarity=0.5)
    handle(context)
    assert find_by_run(workspace, 1, run.id, min_similarity=0.5) == once


def test_a_cancelled_job_stops_and_leaves_nothing(workspace, run, context):
    request_cancel(workspace, context.job.id)
    with pytest.raises(JobCancelledError):
        handle(context)
    assert [path.name for path in workspace.run_dir(run.id).iterdir()] == ["model.pt"]


def test_a_run_without_weights_is_an_error(workspace, run, context):
    (workspace.run_dir(run.id) / "model.pt").unlink()
    with pytest.raises(CheckpointError):
        handle(context)
