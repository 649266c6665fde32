from collections.abc import Callable

import pytest

from core.errors import UnknownImageError
from core.services import curation
from core.services.datasets import find_dataset
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, Split

AddFaces = Callable[..., int]
TRAIN, TEST = Split.TRAIN, Split.TEST
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD


def test_a_label_is_stored_with_who_what_and_when(workspace: Workspace, add_faces: AddFaces):
    add_faces([(TRAIN, HAPPY, 10)])
    event = curation.label(workspace, 1, SAD, annotator="ada", reason="mouth down")
    assert (event.annotator, event.kind, event.old, event.new, event.reason) == (
        "ada",
        EventKind.LABEL,
        "happy",
        "sad",
        "mouth down",
    )
    assert curation.find_image(workspace, 1).label is SAD
    assert curation.find_image(workspace, 1).original_label is HAPPY


def test_giving_the_label_an_image_has_is_a_confirmation(workspace: Workspace, add_faces: AddFaces):
    add_faces([(TRAIN, HAPPY, 10)])
    assert curation.label(workspace, 1, HAPPY, annotator="ada").kind is EventKind.CONFIRM


def test_labeling_an_image_that_does_not_exist_writes_nothing(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(TRAIN, HAPPY, 10)])
    with pytest.raises(UnknownImageError, match="There is no image 7"):
        curation.label(workspace, 7, SAD, annotator="ada")
    assert curation.history(workspace, dataset_id) == []


def test_a_dropped_image_leaves_the_queue_and_comes_back_when_restored(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(TRAIN, HAPPY, 10), (TRAIN, SAD, 20)])
    curation.drop(workspace, 1, annotator="ada", reason="not a face")
    dropped = curation.find_image(workspace, 1)
    assert (dropped.state, dropped.drop_reason) == (ImageState.DROPPED, "not a face")
    following = curation.next_image(workspace, dataset_id)
    assert following is not None
    assert following.id == 2
    curation.restore(workspace, 1, annotator="ada")
    assert curation.find_image(workspace, 1).state is ImageState.KEPT
    assert curation.find_image(workspace, 1).drop_reason is None


def test_the_queue_can_be_narrowed_to_a_split_and_an_emotion(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(TRAIN, HAPPY, 1), (TEST, HAPPY, 2), (TEST, SAD, 3)])
    following = curation.next_image(workspace, dataset_id, split=TEST, emotion=SAD)
    assert following is not None
    assert following.id == 3
    assert curation.next_image(workspace, dataset_id, after_id=3) is None


def test_every_label_raises_the_revision_of_its_data_set(workspace: Workspace, add_faces: AddFaces):
    add_faces([(TRAIN, HAPPY, 10)])
    before = find_dataset(workspace, "faces").revision
    curation.label(workspace, 1, SAD, annotator="ada")
    assert find_dataset(workspace, "faces").revision == before + 1


def test_history_shows_the_newest_events_first_up_to_the_limit(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(TRAIN, HAPPY, 10)])
    for emotion in (SAD, Emotion.FEAR, Emotion.ANGRY):
        curation.label(workspace, 1, emotion, annotator="ada")
    events = curation.history(workspace, dataset_id, limit=2)
    assert [event.new for event in events] == ["angry", "fear"]
