import numpy as np
import pytest

from core.services import experiments, outcomes, versions, voting
from core.services.scored_faces import FaceFilter, Outcome, scored_faces
from db.enums import Emotion, JobStatus, Mask, ModelName, Split
from db.repositories import jobs

SAD, HAPPY, FEAR = (list(Emotion).index(e) for e in (Emotion.SAD, Emotion.HAPPY, Emotion.FEAR))


@pytest.fixture
def run_id(workspace, add_faces) -> int:
    """Four sad faces: called sad at .9, happy at .8, happy at .6, fear at .7."""
    add_faces(
        [(Split.TRAIN, Emotion.SAD, 0)] + [(Split.VALIDATION, Emotion.SAD, n) for n in range(1, 5)]
    )
    version = versions.freeze(workspace, "faces")
    run = experiments.enqueue_training(
        workspace, version=version.digest, model=ModelName.FAST, mask=Mask.NONE
    )
    said = np.zeros((4, 7), dtype=np.float32)
    for row, (emotion, share) in enumerate(((SAD, 0.9), (HAPPY, 0.8), (HAPPY, 0.6), (FEAR, 0.7))):
        said[row] = (1 - share) / 6
        said[row, emotion] = share
    table = outcomes.prediction_table(
        np.array([2, 3, 4, 5]), np.full(4, SAD), said,
        leak_free=np.array([True, False, True, True]), mask=Mask.NONE,
    )  # fmt: skip
    outcomes.record_outcome(workspace, run.id, table, seconds=1)
    with workspace.writing() as session:
        held = jobs.claim(session, "me", now=run.created_at)
        jobs.finish(session, held, JobStatus.DONE, None, now=run.created_at)
    return run.id


def ids(workspace, run_id, **wanted) -> list[int]:
    return [face.image_id for face in scored_faces(workspace, run_id, FaceFilter(**wanted))]


def test_the_most_confident_come_first(workspace, run_id):
    assert ids(workspace, run_id) == [2, 3, 5, 4]


def test_a_cell_of_the_confusion_matrix_has_its_faces(workspace, run_id):
    assert ids(workspace, run_id, true=Emotion.SAD, predicted=Emotion.HAPPY) == [3, 4]
    assert ids(workspace, run_id, true=Emotion.FEAR) == []


def test_right_and_wrong_faces_are_told_apart(workspace, run_id):
    assert ids(workspace, run_id, outcome=Outcome.RIGHT) == [2]
    assert ids(workspace, run_id, outcome=Outcome.WRONG) == [3, 5, 4]


def test_a_slice_narrows_the_faces(workspace, run_id):
    assert ids(workspace, run_id, slice_name="leak-free", outcome=Outcome.WRONG) == [5, 4]
    assert ids(workspace, run_id, slice_name="tag:hat") == []


def test_errors_that_most_annotators_call_right_are_backed(workspace, run_id):
    for annotator in ("ann", "ben", "cem"):
        voting.vote(workspace, 3, Emotion.HAPPY, annotator=annotator)
    voting.vote(workspace, 4, Emotion.HAPPY, annotator="ann")  # one vote is too few
    for annotator, emotion in (("ann", Emotion.FEAR), ("ben", Emotion.SAD)):
        voting.vote(workspace, 5, emotion, annotator=annotator)  # half is not most
    (face,) = scored_faces(workspace, run_id, FaceFilter(outcome=Outcome.BACKED))
    assert (face.image_id, face.votes, face.agreeing) == (3, 3, 3)
    assert face.confidence == pytest.approx(0.8)
