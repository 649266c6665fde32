from collections.abc import Callable

import pytest

from core.errors import UnknownVersionError
from core.services import curation, restoring, versions
from core.services.datasets import find_dataset
from core.services.undoing import undo
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, Split
from db.repositories import labels

AddFaces = Callable[..., int]
TRAIN, TEST = Split.TRAIN, Split.TEST
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD
FACES = [(TRAIN, HAPPY, 10), (TRAIN, SAD, 20), (TEST, HAPPY, 30), (TEST, SAD, 40)]


@pytest.fixture
def version(workspace: Workspace, add_faces: AddFaces) -> str:
    """A version of four faces of which the last is dropped; after it every face changed."""
    add_faces(FACES)
    curation.drop(workspace, 4, annotator="ada", reason="blank")
    digest = versions.freeze(workspace, "faces").digest
    curation.label(workspace, 1, SAD, annotator="ada")
    curation.label(workspace, 2, HAPPY, annotator="ada")
    curation.drop(workspace, 2, annotator="ada", reason="not a face")
    with workspace.writing() as session:
        labels.set_splits(session, [3], TRAIN)
    curation.restore(workspace, 4, annotator="ada")
    return digest


def test_the_preview_counts_and_changes_nothing(workspace: Workspace, version: str):
    before = versions.freeze(workspace, "faces").digest
    plan = restoring.preview(workspace, version)
    assert (plan.relabeled, plan.dropped, plan.restored, plan.moved, plan.images) == (2, 1, 1, 1, 4)
    assert versions.freeze(workspace, "faces").digest == before


def test_freezing_after_restoring_gives_the_version_again(workspace: Workspace, version: str):
    restoring.restore(workspace, version, annotator="bo")
    assert versions.freeze(workspace, "faces").digest == version


def test_restoring_is_one_batch_of_events_that_say_why(workspace: Workspace, version: str):
    done = restoring.restore(workspace, version, annotator="bo")
    events = curation.history(workspace, 1, limit=5)
    assert {event.batch for event in events} == {done.batch}
    assert {(event.annotator, event.reason) for event in events} == {("bo", f"restore {version}")}
    assert [event.kind for event in events].count(EventKind.LABEL) == 2
    assert curation.find_image(workspace, 4).drop_reason == f"restore {version}"


def test_undo_brings_every_label_state_and_split_back(workspace: Workspace, version: str):
    before = [curation.find_image(workspace, image_id) for image_id in (1, 2, 3, 4)]
    done = restoring.restore(workspace, version, annotator="bo")
    assert done.batch is not None
    undo(workspace, done.batch, annotator="bo")
    after = [curation.find_image(workspace, image_id) for image_id in (1, 2, 3, 4)]
    assert [(i.label, i.state, i.split) for i in after] == [
        (i.label, i.state, i.split) for i in before
    ]


def test_a_face_that_came_later_is_dropped(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES[:2])
    first = versions.freeze(workspace, "faces").digest
    curation.drop(workspace, 2, annotator="ada", reason="blank")
    second = versions.freeze(workspace, "faces").digest
    restoring.restore(workspace, first, annotator="ada")
    restoring.restore(workspace, second, annotator="ada")
    assert curation.find_image(workspace, 2).state is ImageState.DROPPED


def test_nothing_to_restore_writes_nothing(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES)
    digest = versions.freeze(workspace, "faces").digest
    revision = find_dataset(workspace, "faces").revision
    assert restoring.restore(workspace, digest, annotator="ada").batch is None
    assert find_dataset(workspace, "faces").revision == revision


def test_an_unknown_version_is_refused(workspace: Workspace):
    with pytest.raises(UnknownVersionError):
        restoring.restore(workspace, "nope", annotator="ada")
