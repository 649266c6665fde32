"""The landmarks job: in batches, stored as it goes, never twice for an image."""

import pytest

from core.errors import JobCancelledError
from core.images.landmarks import Located, stand_in
from core.jobs import transitions
from core.jobs.context import JobContext
from core.jobs.handlers import landmarks as handler
from core.jobs.run import run_job
from core.services import landmarks
from core.services.jobs import find_job, request_cancel, requeue
from core.services.landmarks import enqueue_landmarks
from db.enums import Emotion, JobStatus, Split


class FakeDetector:
    """Finds a face in every bright picture and counts how often it looks."""

    looked = 0

    def __init__(self, *, n_threads):
        assert n_threads >= 1

    def locate(self, pictures):
        FakeDetector.looked += len(pictures)
        points = stand_in().points + 0.01
        return [Located(points, bool(picture.mean() > 100)) for picture in pictures]

    def close(self):
        """Nothing to end."""


@pytest.fixture
def dataset_id(add_faces):
    """Five faces, three of them bright."""
    shades = (10, 120, 130, 20, 140)
    return add_faces([(Split.TRAIN, Emotion.SAD, shade) for shade in shades])


@pytest.fixture
def detector(monkeypatch):
    monkeypatch.setattr(handler, "Detector", FakeDetector)
    monkeypatch.setattr(handler, "has_detector", lambda: True)
    monkeypatch.setattr(landmarks, "has_detector", lambda: True)
    monkeypatch.setattr(handler, "BATCH", 2)
    FakeDetector.looked = 0
    return FakeDetector


def work_off(workspace, job):
    transitions.claim(workspace, "me")
    run_job(workspace, job.id)
    return find_job(workspace, job.id)


def test_every_image_is_looked_at_once(workspace, dataset_id, detector):
    done = work_off(workspace, enqueue_landmarks(workspace, "faces"))
    assert (done.status, done.error) == (JobStatus.DONE, None)
    found = landmarks.coverage(workspace, dataset_id).total
    assert (found.images, found.computed, found.detected) == (5, 5, 3)
    assert detector.looked == 5


def test_a_finished_search_has_nothing_left_to_do(workspace, dataset_id, detector):
    work_off(workspace, enqueue_landmarks(workspace, "faces"))
    again = work_off(workspace, enqueue_landmarks(workspace, "faces"))
    assert again.status is JobStatus.DONE
    assert detector.looked == 5


def test_a_cancelled_search_keeps_what_it_found_and_goes_on_from_there(
    workspace, dataset_id, detector, monkeypatch
):
    job = enqueue_landmarks(workspace, "faces")
    report = JobContext.report

    def stopping(self, progress, message):
        if progress > 0:
            request_cancel(workspace, job.id)
        report(self, progress, message)

    monkeypatch.setattr(JobContext, "report", stopping)
    assert work_off(workspace, job).status is JobStatus.CANCELLED
    assert len(landmarks.pending(workspace, dataset_id)) == 3
    monkeypatch.setattr(JobContext, "report", report)
    requeue(workspace, job.id)
    assert work_off(workspace, job).status is JobStatus.DONE
    assert (landmarks.pending(workspace, dataset_id), detector.looked) == ([], 5)


def test_without_a_detector_every_face_gets_the_template(workspace, dataset_id, monkeypatch):
    monkeypatch.setattr(handler, "has_detector", lambda: False)
    monkeypatch.setattr(landmarks, "has_detector", lambda: False)
    done = work_off(workspace, enqueue_landmarks(workspace, "faces"))
    assert done.status is JobStatus.DONE
    found = landmarks.coverage(workspace, dataset_id).total
    assert (found.computed, found.detected) == (5, 0)
    assert landmarks.pending(workspace, dataset_id) == []


def test_being_asked_to_stop_is_passed_on(workspace, dataset_id, detector):
    job = enqueue_landmarks(workspace, "faces")
    context = JobContext(workspace, transitions.claim(workspace, "me"))
    request_cancel(workspace, job.id)
    with pytest.raises(JobCancelledError):
        handler.handle(context)
