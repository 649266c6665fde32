import random
from collections.abc import Callable

import numpy as np
import pytest

from core.errors import EmptySetError, NotReadyError, UnknownVersionError
from core.services import curation, versions
from core.services.undoing import undo
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, LabelPolicy, Split
from db.models import ImageTag
from db.repositories import standings, votes

AddFaces = Callable[..., int]
TRAIN, TEST = Split.TRAIN, Split.TEST
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD
FACES = [(TRAIN, HAPPY, 10), (TRAIN, SAD, 20), (TEST, HAPPY, 20)]


def test_freezing_an_unchanged_set_twice_gives_one_version(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    assert versions.freeze(workspace, "faces") == versions.freeze(workspace, "faces")
    assert len(versions.versions(workspace)) == 1


def test_the_same_content_in_any_order_and_workspace_has_the_same_id(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES, name="one")
    shuffled = FACES.copy()
    random.Random(3).shuffle(shuffled)
    add_faces(shuffled, name="two")
    one, two = versions.freeze(workspace, "one"), versions.freeze(workspace, "two")
    assert one.digest == two.digest
    assert one.dataset_id != two.dataset_id


def test_the_id_is_the_hash_that_the_documentation_states(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces([(TRAIN, SAD, 7)])
    # printf '%064d\tsad\ttrain\n' 7 | sha256sum | cut -c1-16
    assert versions.freeze(workspace, "faces").digest == "1a254e3f2b6b2fab"


def test_a_new_label_gives_a_new_version_and_undoing_it_the_old_one_again(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    before = versions.freeze(workspace, "faces")
    event = curation.label(workspace, 1, SAD, annotator="ada")
    assert versions.freeze(workspace, "faces").digest != before.digest
    undo(workspace, event.batch, annotator="ada")
    assert versions.freeze(workspace, "faces") == before


def test_a_frozen_version_keeps_its_labels_when_the_data_set_changes(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    version = versions.freeze(workspace, "faces")
    curation.label(workspace, 1, SAD, annotator="ada")
    curation.drop(workspace, 2, annotator="ada", reason="not a face")
    faces = versions.face_set(workspace, version.id)
    assert [EMOTIONS[label] for label in faces.labels] == [HAPPY, SAD, HAPPY]


def test_a_face_set_holds_pixels_splits_and_duplicate_groups(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    faces = versions.face_set(workspace, versions.freeze(workspace, "faces").id)
    assert faces.pixels.shape == (3, 48, 48)
    assert faces.pixels.dtype == np.uint8
    assert [int(face[0, 0]) for face in faces.pixels] == [10, 20, 20]
    assert faces.splits.tolist() == ["train", "train", "test"]
    assert faces.groups[1] == faces.groups[2] != faces.groups[0]


def test_deleting_the_cache_of_decoded_faces_loses_nothing(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    version = versions.freeze(workspace, "faces")
    first = np.array(versions.face_set(workspace, version.id).pixels)
    for cached in workspace.versions_dir.rglob("*.npy"):
        cached.unlink()
    assert np.array_equal(versions.face_set(workspace, version.id).pixels, first)


def test_an_empty_data_set_cannot_be_frozen(workspace: Workspace, add_faces: AddFaces):
    add_faces([])
    with pytest.raises(EmptySetError, match="no kept image"):
        versions.freeze(workspace, "faces")


def test_a_half_imported_data_set_cannot_be_frozen(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES, is_complete=False)
    with pytest.raises(NotReadyError, match="did not finish"):
        versions.freeze(workspace, "faces")


def test_an_unknown_version_is_named(workspace: Workspace):
    with pytest.raises(UnknownVersionError, match="'cafe'"):
        versions.find_version(workspace, "cafe")


def test_a_version_keeps_each_faces_tags_and_the_label_policy(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces(FACES)
    with workspace.writing() as session:
        session.add_all([ImageTag(image_id=2, tag=tag) for tag in ("profile", "glasses")])
        votes.set_policy(session, dataset_id, LabelPolicy.MAJORITY)
    version = versions.freeze(workspace, "faces")
    with workspace.reading() as session:
        assert [one.tags for one in standings.of_version(session, version.id)] == [
            "", "glasses,profile", "",
        ]  # fmt: skip
    assert version.label_policy is LabelPolicy.MAJORITY


def test_tags_and_policy_are_no_part_of_the_id(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES, name="plain")
    dataset_id = add_faces(FACES, name="tagged")
    with workspace.writing() as session:
        session.add(ImageTag(image_id=5, tag="glasses"))
        votes.set_policy(session, dataset_id, LabelPolicy.ADJUDICATED)
    plain, tagged = (versions.freeze(workspace, name) for name in ("plain", "tagged"))
    assert plain.digest == tagged.digest
