import cv2
import numpy as np
import pytest
import torch
from sqlalchemy import select

from core.configs import TrainConfig
from core.errors import CheckpointError, JobCancelledError
from core.jobs import transitions
from core.jobs.context import JobContext
from core.jobs.handlers.saliency import handle, sample
from core.ml.models import build
from core.services.experiments import enqueue_training, find_run
from core.services.jobs import find_job, request_cancel
from core.services.saliency import enqueue_saliency, maps_path, saliency_result
from core.services.versions import freeze
from db.enums import EMOTIONS, Emotion, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.models import ImageBlob, Job


@pytest.fixture
def run(workspace, add_faces):
    """A run of `fast` under the mouth mask with random weights; three test faces an emotion."""
    kinds = [(split, emotion) for split in (Split.TRAIN, Split.VALIDATION) for emotion in EMOTIONS]
    add_faces([(*kind, shade) for shade, kind in enumerate(kinds * 3)])
    rng = np.random.default_rng(0)
    with workspace.writing() as session:
        for blob in session.scalars(select(ImageBlob)):  # flat faces would have no gradient
            noise = rng.integers(0, 256, (48, 48), dtype=np.uint8)
            blob.content = cv2.imencode(".png", noise)[1].tobytes()
    digest = freeze(workspace, "faces").digest
    run = enqueue_training(workspace, version=digest, model=ModelName.FAST, mask=Mask.MOUTH)
    with workspace.writing() as session:
        session.get(Job, run.job_id).status = JobStatus.DONE
    torch.manual_seed(0)
    weights = build(TrainConfig.from_json(run.config)).state_dict()
    workspace.run_dir(run.id).mkdir(parents=True)
    torch.save(weights, workspace.run_dir(run.id) / "model.pt")
    return find_run(workspace, run.id)


@pytest.fixture
def context(workspace, run):
    """The claimed job that computes the run's gradient maps."""
    enqueue_saliency(workspace, run.id, SaliencyMethod.GRADIENT)
    return JobContext(workspace, transitions.claim(workspace, "test"))


def test_the_job_leaves_maps_of_every_emotion(workspace, run, context):
    handle(context)
    found = saliency_result(workspace, run.id, SaliencyMethod.GRADIENT)
    assert found.cells == (48, 48)
    for emotion, entry in found.by_emotion.items():
        assert entry.n == 3
        assert entry.mean_map.sum() == pytest.approx(1, abs=1e-4)
        assert (entry.correlation is None) == (emotion is Emotion.NEUTRAL)


def test_the_mean_face_is_covered_as_the_network_saw_it(workspace, run, context):
    handle(context)
    face = saliency_result(workspace, run.id, SaliencyMethod.GRADIENT).by_emotion[Emotion.SAD]
    assert np.ptp(face.mean_face[24:]) < 1e-3
    assert np.ptp(face.mean_face[:24]) > 10


def test_doing_it_again_gives_the_same_file(workspace, run, context):
    handle(context)
    first = np.load(maps_path(workspace, run.id, SaliencyMethod.GRADIENT))["mean_maps"]
    handle(context)
    again = np.load(maps_path(workspace, run.id, SaliencyMethod.GRADIENT))["mean_maps"]
    np.testing.assert_array_equal(first, again)


def test_progress_is_told_to_the_end(workspace, context):
    handle(context)
    job = find_job(workspace, context.job.id)
    assert job.progress == 1
    assert job.message == "Computed 21 of 21 maps"


def test_a_cancelled_job_stops_and_leaves_no_file(workspace, run, context):
    request_cancel(workspace, context.job.id)
    with pytest.raises(JobCancelledError):
        handle(context)
    assert not maps_path(workspace, run.id, SaliencyMethod.GRADIENT).exists()


def test_a_run_without_weights_is_an_error(workspace, run, context):
    (workspace.run_dir(run.id) / "model.pt").unlink()
    with pytest.raises(CheckpointError):
        handle(context)


def test_a_sample_takes_at_most_so_many_of_each_emotion():
    labels = np.array([0] * 50 + [3] * 5)
    chosen = sample(labels, per_emotion=10, seed=0)
    assert list(np.bincount(labels[chosen])) == [10, 0, 0, 5]
    assert list(chosen) == sorted(set(chosen))
    np.testing.assert_array_equal(chosen, sample(labels, per_emotion=10, seed=0))
    assert not np.array_equal(chosen, sample(labels, per_emotion=10, seed=1))
