"""The training job on a few tiny faces, with the real network."""

import math

import numpy as np
import pytest

from core.jobs import transitions
from core.jobs.handlers import training
from core.jobs.handlers.progress import TrainingProgress
from core.jobs.run import run_job
from core.ml import training as loop
from core.ml.training import EpochReport
from core.services.experiments import enqueue_training, epochs, find_run, record_epoch
from core.services.jobs import find_job, request_cancel, request_pause, requeue
from core.services.results import predictions, run_result
from core.services.versions import freeze
from db.enums import EMOTIONS, JobStatus, Mask, ModelName, Split


@pytest.fixture
def queue_run(workspace, add_faces):
    """Queue a run of two epochs on 14 train and 14 validation faces, one of them a twin."""
    train = [(Split.TRAIN, EMOTIONS[k % 7], k) for k in range(14)]
    test = [(Split.VALIDATION, EMOTIONS[k % 7], 200 + k) for k in range(13)]
    add_faces([*train, *test, (Split.VALIDATION, EMOTIONS[0], 0)])
    digest = freeze(workspace, "faces").digest
    settings = {"epochs": 2, "image_size": 32, "batch_size": 4}
    return lambda: enqueue_training(
        workspace, version=digest, model=ModelName.FAST, mask=Mask.MOUTH, overrides=settings
    )


def work_off(workspace, run):
    transitions.claim(workspace, "me")
    run_job(workspace, run.job_id)
    return find_job(workspace, run.job_id)


def test_a_training_job_leaves_epochs_figures_predictions_and_provenance(workspace, queue_run):
    run = queue_run()
    assert work_off(workspace, run).error is None
    rows = epochs(workspace, run.id)
    assert [row.number for row in rows] == [1, 2]
    result = run_result(workspace, run.id)
    assert (result.full.overall.n, result.leak_free.overall.n) == (14, 13)
    table = predictions(workspace, run.id)
    assert result.full.overall.accuracy == (table["label"] == table["predicted"]).mean()
    after = find_run(workspace, run.id)
    assert after.test_split is Split.VALIDATION
    assert after.seconds > rows[-1].seconds
    assert after.provenance.keys() >= {"commit", "is_dirty", "packages", "device", "threads"}


def test_a_cancelled_and_resumed_run_ends_as_an_uninterrupted_one(
    workspace, queue_run, monkeypatch
):
    def cancel_after_recording(workspace, row):
        record_epoch(workspace, row)
        request_cancel(workspace, interrupted.job_id)

    whole, interrupted = queue_run(), queue_run()
    work_off(workspace, whole)
    with monkeypatch.context() as patch:
        patch.setattr(training, "record_epoch", cancel_after_recording)
        assert work_off(workspace, interrupted).status is JobStatus.CANCELLED
    assert [row.number for row in epochs(workspace, interrupted.id)] == [1]
    requeue(workspace, interrupted.job_id)
    assert work_off(workspace, interrupted).status is JobStatus.DONE
    assert [row.number for row in epochs(workspace, interrupted.id)] == [1, 2]
    ours, theirs = (predictions(workspace, run.id) for run in (interrupted, whole))
    np.testing.assert_array_equal(ours["p_happy"], theirs["p_happy"])


def test_a_run_pauses_within_an_epoch_and_goes_on_there(workspace, queue_run, monkeypatch):
    monkeypatch.setattr(loop, "REPORT_EVERY_S", 0.0)
    steps, show = [], TrainingProgress.on_step

    def pause_once(progress, report):
        if not steps:
            request_pause(workspace, run.job_id)
        steps.append((report.epoch, report.step))
        show(progress, report)

    monkeypatch.setattr(TrainingProgress, "on_step", pause_once)
    run = queue_run()
    assert work_off(workspace, run).status is JobStatus.PAUSED
    assert (steps, epochs(workspace, run.id)) == ([(1, 1)], [])
    requeue(workspace, run.job_id)
    assert work_off(workspace, run).status is JobStatus.DONE
    assert steps[:2] == [(1, 1), (1, 2)]
    assert [row.number for row in epochs(workspace, run.id)] == [1, 2]


def test_a_figure_that_is_not_finite_is_stored_as_none():
    report = EpochReport(1, 2, math.inf, 0.5, math.nan, math.nan, 3.0)
    row = training.epoch_row(7, report)
    assert (row.train_loss, row.train_accuracy) == (None, 0.5)
    assert (row.validation_loss, row.validation_accuracy, row.seconds) == (None, None, 3.0)
