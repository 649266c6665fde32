import numpy as np
import pytest

from core.services import experiments, outcomes, versions
from core.services.comparison import compare
from core.services.disagreeing import disagreements
from db.enums import EMOTIONS, Emotion, JobStatus, Mask, ModelName, Split
from db.repositories import jobs

N = 14  # two faces of each emotion, ids 2 to 15


@pytest.fixture
def found(workspace, add_faces):
    """A comparison of three runs: the first is right, the others call some faces surprised."""
    faces = [(Split.VALIDATION, EMOTIONS[k % 7], k) for k in range(N)]
    add_faces([(Split.TRAIN, Emotion.SAD, 250), *faces])
    version = versions.freeze(workspace, "faces")
    labels = versions.face_set(workspace, version.id).labels[1:]
    ids = [
        store_run(workspace, version.digest, labels, wrong) for wrong in ({}, {0: 0.9}, {1: 0.6})
    ]
    return compare(workspace, ids)


def store_run(workspace, version: str, labels: np.ndarray, wrong: dict[int, float]) -> int:
    run = experiments.enqueue_training(
        workspace, version=version, model=ModelName.FAST, mask=Mask.NONE
    )
    probabilities = 0.8 * np.eye(7, dtype=np.float32)[labels]
    for place, confidence in wrong.items():
        probabilities[place] = confidence * np.eye(7, dtype=np.float32)[6]
    table = outcomes.prediction_table(
        np.arange(2, N + 2), labels, probabilities, leak_free=np.ones(N, dtype=bool), mask=Mask.NONE
    )
    outcomes.record_outcome(workspace, run.id, table, seconds=1)
    with workspace.writing() as session:
        held = jobs.claim(session, "me", now=run.created_at)
        jobs.finish(session, held, JobStatus.DONE, None, now=run.created_at)
    return run.id


def test_faces_come_with_what_each_run_said_and_the_surest_first(workspace, found):
    first, second = disagreements(workspace, found)
    assert (first.image_id, first.label) == (2, Emotion.ANGRY)
    assert first.said == (
        (Emotion.ANGRY, pytest.approx(0.8)),
        (Emotion.SURPRISE, pytest.approx(0.9)),
        (Emotion.ANGRY, pytest.approx(0.8)),
    )
    assert (second.image_id, second.label) == (3, Emotion.DISGUST)


def test_a_pair_has_only_the_faces_on_which_the_two_differ(workspace, found):
    assert [face.image_id for face in disagreements(workspace, found, between=(0, 1))] == [2]
    assert [face.image_id for face in disagreements(workspace, found, between=(0, 2))] == [3]


def test_a_label_narrows_the_faces(workspace, found):
    assert [f.image_id for f in disagreements(workspace, found, label=Emotion.DISGUST)] == [3]
    assert disagreements(workspace, found, label=Emotion.HAPPY) == []
