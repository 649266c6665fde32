from collections.abc import Callable

import numpy as np
import pytest

from core.errors import UnknownVersionError
from core.services import curation, versions
from core.services.diffs import ChangeKind, diff
from core.services.duplicates import dedupe
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Split
from db.models import ImageTag
from db.repositories import labels

AddFaces = Callable[..., int]
TRAIN, TEST = Split.TRAIN, Split.TEST
HAPPY, SAD, FEAR = Emotion.HAPPY, Emotion.SAD, Emotion.FEAR
FACES = [(TRAIN, HAPPY, 10), (TRAIN, SAD, 20), (TEST, HAPPY, 30)]


def counts(found) -> dict[str, int]:
    return {kind.value: found.count(kind) for kind in ChangeKind if found.count(kind)}


def test_a_version_does_not_differ_from_itself_or_the_unchanged_set(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    version = versions.freeze(workspace, "faces").digest
    for found in (diff(workspace, version, version), diff(workspace, version)):
        assert counts(found) == {}
        assert found.matched == found.n_a == found.n_b == 3


def test_relabeled_faces_are_counted_from_the_old_to_the_new_label(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    before = versions.freeze(workspace, "faces").digest
    curation.label(workspace, 1, SAD, annotator="ada")
    after = versions.freeze(workspace, "faces").digest
    found = diff(workspace, before, after)
    assert counts(found) == {"relabeled": 1}
    assert found.flow.dtype == np.int64
    assert found.flow[EMOTIONS.index(HAPPY), EMOTIONS.index(SAD)] == 1
    assert found.flow.sum() == 3
    (change,) = found.page(ChangeKind.RELABELED)
    assert change.before is not None
    assert change.after is not None
    assert (change.image_id, change.before.label, change.after.label) == (1, HAPPY, SAD)


def test_the_way_back_is_the_transposed_table(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES)
    before = versions.freeze(workspace, "faces").digest
    curation.label(workspace, 1, SAD, annotator="ada")
    there, back = diff(workspace, before, "now"), diff(workspace, "now", before)
    np.testing.assert_array_equal(there.flow, back.flow.T)


def test_dropped_moved_and_tagged_faces_are_told_apart(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES)
    version = versions.freeze(workspace, "faces").digest
    curation.drop(workspace, 1, annotator="ada", reason="not a face")
    with workspace.writing() as session:
        labels.set_splits(session, [2], TEST)
        session.add(ImageTag(image_id=3, tag="glasses"))
    found = diff(workspace, version)
    assert counts(found) == {"moved": 1, "retagged": 1, "only_a": 1}
    assert found.moves.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert [change.image_id for change in found.page(ChangeKind.ONLY_A)] == [1]


def test_two_data_sets_are_matched_by_pixels_then_path_then_name(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces([(TRAIN, HAPPY, 10), (TRAIN, SAD, 10), (TRAIN, FEAR, 20)], name="one")
    # The copies swap places; the third face has another path; the fourth is new.
    add_faces(
        [(TRAIN, SAD, 10), (TRAIN, SAD, 10), (TRAIN, HAPPY, 20), (TRAIN, SAD, 30)], name="two"
    )
    found = diff(
        workspace,
        versions.freeze(workspace, "one").digest,
        versions.freeze(workspace, "two").digest,
    )
    assert counts(found) == {"relabeled": 2, "only_b": 1}
    # train/sad/1.png is the same path in both, so the first copy is what changed.
    assert [change.image_id for change in found.page(ChangeKind.RELABELED)] == [1, 3]


def test_changed_images_come_in_pages(workspace: Workspace, add_faces: AddFaces):
    add_faces([(TRAIN, HAPPY, 10)] * 5)
    version = versions.freeze(workspace, "faces").digest
    dedupe(workspace, 1, annotator="ada")
    found = diff(workspace, version)
    pages = [found.page(ChangeKind.ONLY_A, start=start, limit=3) for start in (0, 3)]
    assert [[change.image_id for change in page] for page in pages] == [[2, 3, 4], [5]]


def test_versions_of_equal_content_are_those_of_the_data_set_meant(
    workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES, name="one")
    second = add_faces(FACES, name="two")
    version = versions.freeze(workspace, "one").digest
    assert versions.freeze(workspace, "two").digest == version
    curation.label(workspace, 4, SAD, annotator="ada")
    assert counts(diff(workspace, version)) == {}
    assert counts(diff(workspace, version, dataset_id=second)) == {"relabeled": 1}


def test_an_unknown_version_is_refused(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES)
    version = versions.freeze(workspace, "faces").digest
    for pair in ((version, "nope"), ("nope", version), ("now", "now")):
        with pytest.raises(UnknownVersionError):
            diff(workspace, *pair)
