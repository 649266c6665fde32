"""The faithfulness job examines the maps of a few test images and keeps what it found."""

import cv2
import numpy as np
import pytest
import torch

from core.configs import TrainConfig
from core.errors import CheckpointError, JobCancelledError
from core.images.encoding import encode
from core.jobs import transitions
from core.jobs.context import JobContext
from core.jobs.handlers import faithfulness as handler
from core.metrics.faithfulness import Order
from core.ml import attribution_metrics, perturbing
from core.ml import faithfulness as examining
from core.ml.models import build
from core.services.experiments import enqueue_training
from core.services.faithfulness import enqueue_faithfulness, faithfulness
from core.services.importing import import_records
from core.services.jobs import find_job, request_cancel
from core.services.versions import freeze
from core.sources.records import SourceRecord
from db.enums import EMOTIONS, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.models import Job

METHOD = SaliencyMethod.GRADIENT


@pytest.fixture(autouse=True)
def one_thread():
    """Use one thread: for networks this small, waiting for a second one costs more than it does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def records():
    """Smooth noise, two training and two test faces of each emotion."""
    rng = np.random.default_rng(0)
    for split in (Split.TRAIN, Split.VALIDATION):
        for emotion in EMOTIONS * 2:
            face = cv2.resize(rng.integers(0, 256, (8, 8), dtype=np.uint8), (48, 48))
            path = f"{split}/{rng.integers(10**9)}.png"
            yield SourceRecord(path, path, split, emotion, encode(face))


@pytest.fixture
def run(workspace):
    """A finished run of `fast` with random weights."""
    import_records(workspace, records(), name="faces")
    digest = freeze(workspace, "faces").digest
    run = enqueue_training(workspace, version=digest, model=ModelName.FAST, mask=Mask.NONE)
    with workspace.writing() as session:
        session.get(Job, run.job_id).status = JobStatus.DONE
    torch.manual_seed(3)
    workspace.run_dir(run.id).mkdir(parents=True)
    weights = build(TrainConfig.from_json(run.config)).state_dict()
    torch.save(weights, workspace.run_dir(run.id) / "model.pt")
    return run


@pytest.fixture
def context(workspace, run, monkeypatch):
    monkeypatch.setattr(handler, "IMAGES_PER_EMOTION", 1)
    monkeypatch.setattr(attribution_metrics, "N_SQUARES", 4)
    for module in (perturbing, examining):
        monkeypatch.setattr(module, "N_STEPS", 4)
    enqueue_faithfulness(workspace, run.id, METHOD)
    return JobContext(workspace, transitions.claim(workspace, "test"))


def test_the_job_examines_some_images_of_each_emotion_beside_people(workspace, run, context):
    handler.handle(context)
    found = faithfulness(workspace, run.id, METHOD)
    assert (found.n_images, found.infidelity.n, found.sensitivity.n) == (7, 7, 7)
    assert {curve.order for curve in found.curves} == set(Order)
    assert found.stages[-1].share == 1
    assert find_job(workspace, context.job.id).message.startswith("Random weights down to")


def test_a_cancelled_job_stops_and_leaves_no_file(workspace, run, context):
    request_cancel(workspace, context.job.id)
    with pytest.raises(JobCancelledError):
        handler.handle(context)
    assert [path.name for path in workspace.run_dir(run.id).iterdir()] == ["model.pt"]


def test_a_run_without_weights_is_an_error(workspace, run, context):
    (workspace.run_dir(run.id) / "model.pt").unlink()
    with pytest.raises(CheckpointError):
        handler.handle(context)
