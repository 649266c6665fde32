from collections.abc import Callable

import pytest

from core.errors import AnnotatorNameError, EmptySetError, UnknownImageError
from core.services import bulk, curation, policies, undoing
from core.services.datasets import progress
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, LabelPolicy, Split

AddFaces = Callable[..., int]
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD
FACES = [(Split.TRAIN, HAPPY, 1), (Split.TRAIN, HAPPY, 2), (Split.TRAIN, SAD, 3)]


def labels(workspace: Workspace) -> list[Emotion]:
    return [curation.find_image(workspace, number).label for number in (1, 2, 3)]


def states(workspace: Workspace) -> list[ImageState]:
    return [curation.find_image(workspace, number).state for number in (1, 2, 3)]


def test_a_selection_is_labelled_in_one_batch_that_one_undo_takes_back(
    workspace: Workspace, add_faces: AddFaces
):
    dataset = add_faces(FACES)
    batch = bulk.label_all(workspace, [3, 1, 1], SAD, annotator="ada")
    assert labels(workspace) == [SAD, HAPPY, SAD]
    events = curation.history(workspace, dataset)
    assert {(e.image_id, e.kind, e.batch) for e in events} == {
        (1, EventKind.LABEL, batch),
        (3, EventKind.CONFIRM, batch),
    }
    undoing.undo(workspace, batch, annotator="ada")
    assert labels(workspace) == [HAPPY, HAPPY, SAD]


def test_drops_skip_what_is_dropped_and_come_back_together(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    curation.drop(workspace, 1, annotator="ben", reason="blank")
    batch = bulk.drop_all(workspace, [1, 2, 3], annotator="ada", reason="not a usable face")
    assert states(workspace) == [ImageState.DROPPED] * 3
    assert curation.find_image(workspace, 1).drop_reason == "blank"
    undoing.undo(workspace, batch or "", annotator="ada")
    assert states(workspace) == [ImageState.DROPPED, ImageState.KEPT, ImageState.KEPT]
    assert bulk.drop_all(workspace, [1], annotator="ada", reason="blank") is None


def test_dropped_faces_are_restored_together(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES)
    bulk.drop_all(workspace, [1, 2], annotator="ada", reason="blank")
    bulk.restore_all(workspace, [1, 2, 3], annotator="ada")
    assert states(workspace) == [ImageState.KEPT] * 3
    assert bulk.restore_all(workspace, [1], annotator="ada") is None


def test_nothing_is_written_where_one_image_is_unknown(workspace: Workspace, add_faces: AddFaces):
    dataset = add_faces(FACES)
    with pytest.raises(UnknownImageError, match="4"):
        bulk.label_all(workspace, [1, 4], SAD, annotator="ada")
    with pytest.raises(UnknownImageError, match="4"):
        bulk.drop_all(workspace, [1, 4], annotator="ada", reason="blank")
    with pytest.raises(EmptySetError):
        bulk.label_all(workspace, [], SAD, annotator="ada")
    with pytest.raises(AnnotatorNameError):
        bulk.label_all(workspace, [1], SAD, annotator="majority")
    assert progress(workspace, dataset).events == 0


def test_by_adjudication_a_selection_gets_votes_and_keeps_its_labels(
    workspace: Workspace, add_faces: AddFaces
):
    dataset = add_faces(FACES)
    policies.set_policy(workspace, dataset, LabelPolicy.ADJUDICATED, annotator="ada")
    bulk.label_all(workspace, [1, 2], SAD, annotator="ada")
    assert labels(workspace) == [HAPPY, HAPPY, SAD]
    kinds = {event.kind for event in curation.history(workspace, dataset)}
    assert kinds == {EventKind.VOTE}


def test_by_majority_the_labels_follow_and_come_back_with_the_batch(
    workspace: Workspace, add_faces: AddFaces
):
    dataset = add_faces(FACES)
    policies.set_policy(workspace, dataset, LabelPolicy.MAJORITY, annotator="ada")
    batch = bulk.label_all(workspace, [1, 2], SAD, annotator="ada")
    assert labels(workspace) == [SAD, SAD, SAD]
    undoing.undo(workspace, batch, annotator="ada")
    assert labels(workspace) == [HAPPY, HAPPY, SAD]


def test_more_images_than_one_statement_holds_are_labelled(
    workspace: Workspace, add_faces: AddFaces
):
    dataset = add_faces([(Split.TRAIN, HAPPY, 1)] * 1200)
    bulk.label_all(workspace, range(1, 1201), SAD, annotator="ada")
    assert progress(workspace, dataset).relabeled == 1200
