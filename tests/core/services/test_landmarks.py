"""Landmarks are kept once an image, reach the versions, and are counted by emotion."""

import numpy as np
import pytest

from core.errors import MissingLandmarksError, UnknownDatasetError
from core.images.landmarks import Located, stand_in
from core.services import curation, jobs, landmarks
from core.services.landmarks import Detected
from core.services.versions import face_set, freeze
from db.enums import Emotion, JobKind, Mask, Split

FACES = [
    (Split.TRAIN, Emotion.HAPPY, 10),
    (Split.TRAIN, Emotion.FEAR, 20),
    (Split.TRAIN, Emotion.FEAR, 30),
    (Split.TEST, Emotion.FEAR, 40),
]


def located(number, *, is_detected=True):
    return Located(np.full((68, 2), number, dtype=np.float32), is_detected)


@pytest.fixture
def dataset_id(add_faces):
    """A happy and three fearful faces, images 1 to 4."""
    return add_faces(FACES)


@pytest.fixture(autouse=True)
def with_detector(monkeypatch):
    monkeypatch.setattr(landmarks, "has_detector", lambda: True)


def record_all(workspace):
    found = [located(1), located(2), located(3, is_detected=False), located(4)]
    landmarks.record_landmarks(workspace, [1, 2, 3, 4], found)


def test_images_wait_until_their_landmarks_are_stored(workspace, dataset_id):
    assert landmarks.pending(workspace, dataset_id) == [1, 2, 3, 4]
    landmarks.record_landmarks(workspace, [3, 1], [located(3), located(1)])
    assert landmarks.pending(workspace, dataset_id) == [2, 4]


def test_an_installed_detector_looks_at_faces_that_only_have_the_template(
    workspace, dataset_id, monkeypatch
):
    landmarks.record_landmarks(workspace, [1, 2], [stand_in(), located(2, is_detected=False)])
    assert landmarks.pending(workspace, dataset_id) == [1, 3, 4]
    monkeypatch.setattr(landmarks, "has_detector", lambda: False)
    assert landmarks.pending(workspace, dataset_id) == [3, 4]


def test_landmarks_that_are_stored_again_replace_the_first(workspace, dataset_id):
    version = freeze(workspace, "faces")
    record_all(workspace)
    landmarks.record_landmarks(workspace, [2], [located(7)])
    assert face_set(workspace, version.id).landmarks[1, 0, 0] == 7


def test_a_version_has_landmarks_once_all_its_faces_do(workspace, dataset_id):
    version = freeze(workspace, "faces")
    landmarks.record_landmarks(workspace, [1, 2, 3], [located(n) for n in (1, 2, 3)])
    assert face_set(workspace, version.id).landmarks is None
    record_all(workspace)
    faces = face_set(workspace, version.id)
    assert list(faces.landmarks[:, 0, 0]) == [1, 2, 3, 4]
    assert list(faces.landmarks_found) == [True, True, False, True]
    assert faces.landmarks.dtype == np.float32


def test_landmarks_leave_the_id_of_a_version_alone(workspace, dataset_id):
    before = freeze(workspace, "faces")
    record_all(workspace)
    assert freeze(workspace, "faces").digest == before.digest


def test_a_dropped_face_gets_landmarks_too_but_is_not_counted(workspace, dataset_id):
    curation.drop(workspace, 2, annotator="ada", reason="blurred")
    assert landmarks.pending(workspace, dataset_id) == [1, 2, 3, 4]
    record_all(workspace)
    assert landmarks.coverage(workspace, dataset_id).total == Detected(
        images=3, computed=3, detected=2
    )


def test_detection_is_counted_by_split_and_emotion(workspace, dataset_id):
    record_all(workspace)
    found = landmarks.coverage(workspace, dataset_id)
    fear = found.by_emotion[Emotion.FEAR]
    assert (fear.images, fear.computed, fear.detected) == (3, 3, 2)
    assert fear.share == pytest.approx(2 / 3)
    assert found.by_split[Split.TRAIN][Emotion.FEAR].share == 0.5
    assert found.by_split[Split.TEST][Emotion.FEAR].share == 1
    assert found.by_emotion[Emotion.SAD] == Detected()
    assert found.by_emotion[Emotion.SAD].share is None
    assert Split.VALIDATION not in found.by_split


def test_a_search_is_queued_once_at_a_time(workspace, dataset_id):
    job = landmarks.enqueue_landmarks(workspace, "faces")
    assert (job.kind, job.payload["dataset"]) == (JobKind.LANDMARKS, dataset_id)
    assert landmarks.enqueue_landmarks(workspace, "faces").id == job.id
    assert len(jobs.unfinished(workspace)) == 1
    with pytest.raises(UnknownDatasetError):
        landmarks.enqueue_landmarks(workspace, "nobody")


def test_masks_that_follow_landmarks_are_refused_without_them(workspace, dataset_id):
    version = freeze(workspace, "faces").id
    landmarks.require_landmarks(workspace, version, [Mask.EYES, Mask.CTL_EYES, Mask.CROP_EYES])
    for mask in (Mask.LM_EYES, Mask.CTL_SURGICAL):
        with pytest.raises(MissingLandmarksError, match=f"{mask} .*feelingit landmarks faces"):
            landmarks.require_landmarks(workspace, version, [Mask.NONE, mask])
    record_all(workspace)
    landmarks.require_landmarks(workspace, version, [Mask.LM_EYES, Mask.CTL_SURGICAL])
