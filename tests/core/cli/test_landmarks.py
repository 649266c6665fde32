"""`feelingit landmarks`: what is there is shown; what is missing is queued."""

import numpy as np
import pytest

from core.cli import landmarks as command
from core.images.landmarks import Located
from core.services import jobs, landmarks
from db.enums import Emotion, Split


@pytest.fixture(autouse=True)
def with_detector(monkeypatch):
    """A detector is installed, and no supervisor starts."""
    monkeypatch.setattr(command, "has_detector", lambda: True)
    monkeypatch.setattr(landmarks, "has_detector", lambda: True)
    monkeypatch.setattr(command, "ensure_supervisor", lambda workspace: False)


@pytest.fixture
def dataset_id(add_faces):
    """A happy and two sad faces, images 1 to 3."""
    return add_faces(
        [(Split.TRAIN, Emotion.HAPPY, 1), (Split.TRAIN, Emotion.SAD, 2),
         (Split.TEST, Emotion.SAD, 3)]
    )  # fmt: skip


@pytest.fixture
def computed(workspace, dataset_id):
    points = np.zeros((68, 2), dtype=np.float32)
    found = [Located(points, True), Located(points, True), Located(points, False)]
    landmarks.record_landmarks(workspace, [1, 2, 3], found)


def test_detection_is_reported_for_every_emotion_and_split(feelingit, computed):
    document = feelingit("landmarks", "faces", "--json").document
    assert (document["images"], document["computed"], document["detected"]) == (3, 3, 2)
    assert document["per_emotion"]["sad"] == {
        "images": 2, "computed": 2, "detected": 1, "share": 0.5,
    }  # fmt: skip
    assert document["per_emotion"]["fear"]["share"] is None
    assert document["splits"]["test"]["sad"]["detected"] == 0
    assert (document["status"], document["job"]) == ("done", None)


def test_a_person_reads_a_table(feelingit, computed):
    done = feelingit("landmarks", "faces")
    assert done.status == 0
    assert "66.67%" in done.out


def test_missing_landmarks_are_queued(feelingit, workspace, dataset_id):
    document = feelingit("landmarks", "faces", "--json").document
    (job,) = jobs.unfinished(workspace)
    assert (document["job"], document["status"]) == (job.id, "queued")
    assert (document["computed"], document["share"]) == (0, None)


def test_without_a_detector_the_way_to_one_is_told(feelingit, computed, monkeypatch):
    monkeypatch.setattr(command, "has_detector", lambda: False)
    done = feelingit("landmarks", "faces", "--json")
    assert "pip install -e '.[landmarks]'" in done.err
    assert done.document["detector"] is False


def test_an_unknown_data_set_is_one_sentence(feelingit, workspace):
    done = feelingit("landmarks", "nobody")
    assert done.status == 1
    assert done.err.count("\n") == 1
