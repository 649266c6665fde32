from collections.abc import Callable

import pytest

from core.errors import UnknownDatasetError
from core.services import curation
from core.services.datasets import Count, Progress, blobs, counts, find_dataset, progress, samples
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Split

AddFaces = Callable[..., int]
TRAIN, TEST = Split.TRAIN, Split.TEST
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD


def test_counts_hold_labels_as_imported_beside_kept_labels_now(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(TRAIN, HAPPY, 1), (TRAIN, HAPPY, 2), (TRAIN, SAD, 3)])
    curation.label(workspace, 1, SAD, annotator="ada")
    curation.drop(workspace, 3, annotator="ada", reason="not a face")
    found = {count.emotion: count for count in counts(workspace, dataset_id)}
    assert found[HAPPY] == Count(split=TRAIN, emotion=HAPPY, original=2, current=1)
    assert found[SAD] == Count(split=TRAIN, emotion=SAD, original=1, current=1)
    assert list(found) == list(EMOTIONS)


def test_only_splits_in_use_are_counted(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(TRAIN, HAPPY, 1), (TEST, HAPPY, 2)])
    assert {count.split for count in counts(workspace, dataset_id)} == {TRAIN, TEST}


def test_progress_counts_what_annotators_did(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(TRAIN, HAPPY, shade) for shade in range(4)])
    curation.label(workspace, 1, SAD, annotator="ada")
    curation.label(workspace, 2, HAPPY, annotator="ada")
    curation.drop(workspace, 3, annotator="ada", reason="not a face")
    assert progress(workspace, dataset_id) == Progress(
        images=4, kept=3, dropped=1, touched=2, relabeled=1, events=3
    )


def test_an_unknown_data_set_names_the_known_ones(workspace: Workspace, add_faces: AddFaces):
    add_faces([], name="lab")
    with pytest.raises(UnknownDatasetError, match="named 'labb'; known data sets: lab"):
        find_dataset(workspace, "labb")


def test_samples_are_kept_faces_of_each_emotion(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(TRAIN, HAPPY, shade) for shade in range(8)])
    found = samples(workspace, dataset_id, per_emotion=5)
    assert len(found[HAPPY]) == 5
    assert found[SAD] == []


def test_blobs_come_back_as_imported(workspace: Workspace, add_faces: AddFaces):
    add_faces([(TRAIN, HAPPY, 1), (TRAIN, HAPPY, 2)])
    found = blobs(workspace, [1, 2, 99])
    assert sorted(found) == [1, 2]
    assert found[1].startswith(b"\x89PNG")
