"""Figures of runs: stored once, read as they are."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score

from core.errors import NotReadyError
from core.services.experiments import enqueue_training
from core.services.outcomes import prediction_table, record_outcome
from core.services.results import (
    overall,
    predictions,
    result_document,
    run_result,
)
from core.services.versions import freeze
from db.enums import EMOTIONS, Emotion, JobStatus, Mask, ModelName, Split, Subset
from db.repositories import jobs as stored

N = 200
NAMES = [emotion.value for emotion in EMOTIONS]


@pytest.fixture
def run(workspace, add_faces):
    add_faces([(Split.TRAIN, Emotion.HAPPY, 1)])
    digest = freeze(workspace, "faces").digest
    return enqueue_training(workspace, version=digest, model=ModelName.FAST, mask=Mask.EYES, seed=0)


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(7), N).astype(np.float32)
    return prediction_table(
        np.arange(N),
        rng.integers(0, 7, N),
        probabilities,
        leak_free=rng.random(N) < 0.8,
        mask=Mask.EYES,
    )


def end(workspace, run, status, error=None):
    with workspace.writing() as session:
        job = stored.find(session, run.job_id)
        held = stored.claim(session, "me", now=job.queued_at)
        stored.finish(session, held, status, error, now=job.queued_at)


@pytest.fixture
def done(workspace, run, table):
    record_outcome(workspace, run.id, table, seconds=12.5)
    end(workspace, run, JobStatus.DONE)
    return run


def test_the_prediction_is_the_most_probable_emotion():
    sure = np.eye(7, dtype=np.float32)[[3, 0]]
    table = prediction_table(
        np.array([8, 9]), np.array([3, 6]), sure, leak_free=np.array([True, False]), mask=Mask.NONE
    )
    assert table["predicted"].tolist() == ["happy", "angry"]
    assert table["label"].tolist() == ["happy", "surprise"]
    assert table["p_happy"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("subset", Subset)
def test_overall_figures_agree_with_scikit_learn(workspace, done, table, subset):
    rows = table if subset is Subset.FULL else table[table["leak_free"]]
    true, said = rows["label"], rows["predicted"]
    row = overall(workspace, [done.id], subset=subset)[done.id]
    assert row.n == len(rows)
    assert row.accuracy == pytest.approx(accuracy_score(true, said), abs=1e-12)
    assert row.weighted_f1 == pytest.approx(f1_score(true, said, average="weighted"), abs=1e-12)
    assert row.macro_f1 == pytest.approx(f1_score(true, said, average="macro"), abs=1e-12)


def test_predictions_come_back_as_they_were_stored(workspace, done, table):
    pd.testing.assert_frame_equal(predictions(workspace, done.id), table)


def test_recording_again_replaces_the_figures(workspace, run, table):
    record_outcome(workspace, run.id, table, seconds=1)
    record_outcome(workspace, run.id, table.head(50), seconds=1)
    end(workspace, run, JobStatus.DONE)
    assert run_result(workspace, run.id).full.overall.n == 50


def test_a_run_without_leak_free_images_has_no_figures_for_them(workspace, run, table):
    record_outcome(workspace, run.id, table.assign(leak_free=False), seconds=1)
    end(workspace, run, JobStatus.DONE)
    assert run_result(workspace, run.id).leak_free is None
    assert result_document(workspace, run.id)["leak_free"]["n"] is None


@pytest.mark.parametrize("ask", [run_result, predictions])
def test_figures_of_an_unfinished_run_are_not_ready(workspace, run, ask):
    with pytest.raises(NotReadyError, match=f"Run {run.id} is queued .* logs {run.job_id}"):
        ask(workspace, run.id)


@pytest.mark.parametrize("ask", [run_result, predictions])
def test_figures_under_another_mask_are_not_ready(workspace, done, ask):
    with pytest.raises(NotReadyError, match="not tested with mask mouth"):
        ask(workspace, done.id, test_mask=Mask.MOUTH)


def test_the_document_of_a_done_run_has_all_its_figures(workspace, done):
    document = json.loads(json.dumps(result_document(workspace, done.id), allow_nan=False))
    head = {"run": done.id, "job": done.job_id, "version": done.version, "model": "fast"}
    head |= {"mask": "eyes", "seed": 0, "status": "done", "error": None, "seconds": 12.5, "n": N}
    assert document.items() >= head.items()
    assert list(document["per_class"]) == NAMES
    assert set(document["per_class"]["sad"]) == {"accuracy", "precision", "f1", "n"}
    assert document["leak_free"]["n"] < N
    assert set(document["leak_free"]) == {"n", "accuracy", "weighted_f1", "macro_f1", "per_class"}


def test_the_document_of_a_failed_run_says_why_and_has_no_figures(workspace, run):
    end(workspace, run, JobStatus.FAILED, "There are no faces to train on.")
    document = result_document(workspace, run.id)
    assert document["status"] == "failed"
    assert document["error"] == "There are no faces to train on."
    assert (document["accuracy"], document["per_class"], document["seconds"]) == (None, {}, None)
