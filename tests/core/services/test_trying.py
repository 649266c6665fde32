"""Trying a face, and keeping it where that is wanted."""

import cv2
import numpy as np
import pytest

from core.errors import NotReadyError, UnreadableImageError
from core.images.decoding import decode
from core.images.drawing.planning import plan_sample
from core.images.drawing.sample import draw_face
from core.services import experiments, trying
from core.services.curation import find_image, history
from core.services.datasets import blobs, find_dataset
from core.services.policies import set_policy
from db.enums import Emotion, EventKind, LabelPolicy, Split

BLANK = cv2.imencode(".png", np.full((60, 80), 99, dtype=np.uint8))[1].tobytes()
FACE = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)


@pytest.fixture
def dataset(workspace, add_faces):
    add_faces([(Split.TRAIN, Emotion.HAPPY, 10)])
    return find_dataset(workspace, "faces")


def test_a_picture_is_read_and_its_face_cut_out():
    face = draw_face(plan_sample(200, 0)[0], 0).pixels
    canvas = np.full((300, 400), 200, dtype=np.uint8)
    canvas[50:250, 100:300] = cv2.resize(face, (200, 200), interpolation=cv2.INTER_CUBIC)
    seen = trying.look(cv2.imencode(".png", canvas)[1].tobytes(), side=48)
    assert seen.picture.shape == (300, 400, 3)
    assert len(seen.boxes) == 1
    assert (seen.faces.shape, seen.faces.dtype) == ((1, 48, 48), np.uint8)


def test_a_picture_without_a_face_is_one_where_that_is_asked_for():
    assert trying.look(BLANK, side=64).faces.shape == (0, 64, 64)
    seen = trying.look(BLANK, side=64, as_whole=True)
    assert seen.faces.shape == (1, 64, 64)
    assert (seen.faces == 99).all()


def test_what_is_no_picture_is_refused():
    with pytest.raises(UnreadableImageError):
        trying.look(b"no picture", side=48)


def test_a_kept_face_joins_the_set_with_its_label_and_who_gave_it(workspace, dataset):
    kept = trying.keep(workspace, dataset, FACE, Emotion.SAD, annotator="ada")
    assert kept.is_new
    row = find_image(workspace, kept.image_id)
    assert (row.label, row.split, row.dataset_id) == (Emotion.SAD, Split.TRAIN, dataset.id)
    content = blobs(workspace, [kept.image_id])[kept.image_id]
    np.testing.assert_array_equal(decode(content), FACE)
    (event,) = history(workspace, dataset.id)
    assert (event.annotator, event.kind) == ("ada", EventKind.CONFIRM)
    assert (event.image_id, event.reason) == (kept.image_id, "Try a face")
    assert find_dataset(workspace, "faces").is_complete


def test_the_same_face_is_not_kept_twice_and_its_label_stays(workspace, dataset):
    first = trying.keep(workspace, dataset, FACE, Emotion.SAD, annotator="ada")
    again = trying.keep(workspace, dataset, FACE, Emotion.HAPPY, annotator="bob")
    assert again == trying.Kept(first.image_id, is_new=False)
    assert find_image(workspace, first.image_id).label is Emotion.SAD
    assert len(history(workspace, dataset.id)) == 1


def test_where_labels_follow_votes_a_kept_face_gets_a_vote(workspace, dataset):
    set_policy(workspace, dataset.id, LabelPolicy.MAJORITY, annotator="ada")
    kept = trying.keep(workspace, dataset, FACE, Emotion.SAD, annotator="ada")
    assert EventKind.VOTE in [event.kind for event in history(workspace, dataset.id)]
    assert find_image(workspace, kept.image_id).label is Emotion.SAD


def test_faces_to_try_are_those_that_a_run_was_tested_on(workspace, fill):
    fill(workspace)
    run = min(experiments.runs(workspace), key=lambda one: one.id)
    ids = trying.tested_faces(workspace, run.id)
    assert len(ids) == 28
    assert {find_image(workspace, one).split for one in ids} == {Split.VALIDATION}


def test_an_unfinished_run_has_no_tested_faces(workspace, fill):
    fill(workspace)
    queued = max(experiments.runs(workspace), key=lambda one: one.id)
    with pytest.raises(NotReadyError):
        trying.tested_faces(workspace, queued.id)
