from datetime import UTC, datetime

import numpy as np
import pytest

from core.errors import NotReadyError, UnknownRunError
from core.maps.run_maps import MAP_SIDE, RunMaps
from core.services.experiments import enqueue_training
from core.services.jobs import jobs
from core.services.saliency import (
    computed,
    enqueue_missing,
    enqueue_saliency,
    last_failure,
    record_run_maps,
    run_maps,
    under_way,
)
from core.services.versions import freeze
from db.enums import Emotion, JobKind, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.models import Job

GRAD_CAM, GRADIENT = SaliencyMethod.GRAD_CAM, SaliencyMethod.GRADIENT


@pytest.fixture
def run_id(workspace, add_faces):
    """A run whose job is done."""
    add_faces([(Split.TRAIN, Emotion.HAPPY, 1), (Split.VALIDATION, Emotion.SAD, 2)])
    digest = freeze(workspace, "faces").digest
    run = enqueue_training(workspace, version=digest, model=ModelName.FAST, mask=Mask.NONE)
    set_status(workspace, run.job_id, JobStatus.DONE)
    return run.id


def set_status(workspace, job_id, status, error=None):
    with workspace.writing() as session:
        job = session.get(Job, job_id)
        job.status, job.error, job.finished_at = status, error, datetime.now(UTC)


def blank_maps(n=7):
    shape = (n, MAP_SIDE, MAP_SIDE)
    return RunMaps(
        image_ids=np.arange(n),
        labels=np.arange(n) % 7,
        predicted=np.arange(n) % 7,
        is_detected=np.ones(n, dtype=np.bool_),
        faces=np.full(shape, 100, dtype=np.uint8),
        maps=np.ones(shape, dtype=np.float16),
        untrained=np.ones(shape, dtype=np.float16),
        cells=np.array([6, 6]),
    )


def test_maps_that_were_not_computed_are_asked_for_by_command(workspace, run_id):
    with pytest.raises(NotReadyError, match=f"feelingit saliency {run_id} --method grad_cam"):
        run_maps(workspace, run_id, GRAD_CAM)


def test_a_missing_run_is_named(workspace):
    for ask in (run_maps, enqueue_saliency):
        with pytest.raises(UnknownRunError, match="no run '7'"):
            ask(workspace, 7, GRAD_CAM)


def test_queueing_twice_gives_one_job_for_each_method(workspace, run_id):
    first = enqueue_saliency(workspace, run_id, GRAD_CAM)
    assert first.kind is JobKind.SALIENCY
    assert first.payload == {"run": run_id, "method": "grad_cam"}
    assert enqueue_saliency(workspace, run_id, GRAD_CAM).id == first.id
    assert enqueue_saliency(workspace, run_id, GRADIENT).id != first.id
    set_status(workspace, first.id, JobStatus.FAILED)
    assert enqueue_saliency(workspace, run_id, GRAD_CAM).id > first.id


def test_several_maps_are_queued_at_once_without_those_that_are_there(workspace, run_id):
    record_run_maps(workspace, run_id, GRAD_CAM, blank_maps())
    wanted = [(run_id, GRAD_CAM), (run_id, GRADIENT), (run_id, GRADIENT)]
    (job,) = enqueue_missing(workspace, wanted)
    assert job.payload == {"run": run_id, "method": "gradient"}
    assert computed(workspace, run_id) == [GRAD_CAM]


def test_maps_on_their_way_name_their_job(workspace, run_id):
    assert under_way(workspace, run_id, GRAD_CAM) is None
    job = enqueue_saliency(workspace, run_id, GRAD_CAM)
    assert under_way(workspace, run_id, GRAD_CAM).id == job.id
    assert under_way(workspace, run_id, GRADIENT) is None
    with pytest.raises(NotReadyError, match=f"on their way: job {job.id}"):
        run_maps(workspace, run_id, GRAD_CAM)


def test_a_run_that_still_trains_has_nothing_to_show(workspace, run_id):
    set_status(workspace, jobs(workspace)[0].id, JobStatus.RUNNING)
    with pytest.raises(NotReadyError, match="trained to its end to have saliency maps"):
        enqueue_saliency(workspace, run_id, GRAD_CAM)


def test_why_the_last_try_failed_is_known_until_the_next(workspace, run_id):
    assert last_failure(workspace, run_id, GRAD_CAM) == ""
    job = enqueue_saliency(workspace, run_id, GRAD_CAM)
    set_status(workspace, job.id, JobStatus.FAILED, "RuntimeError: out of memory\nand more")
    assert last_failure(workspace, run_id, GRAD_CAM) == "RuntimeError: out of memory"
    assert last_failure(workspace, run_id, GRADIENT) == ""
    enqueue_saliency(workspace, run_id, GRAD_CAM)
    assert last_failure(workspace, run_id, GRAD_CAM) == ""


def test_what_was_stored_is_read(workspace, run_id):
    record_run_maps(workspace, run_id, GRAD_CAM, blank_maps(9))
    assert len(run_maps(workspace, run_id, GRAD_CAM)) == 9
