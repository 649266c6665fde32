from collections.abc import Callable

from core.services import undoing
from core.services.datasets import progress
from core.services.duplicates import (
    DroppedBatch,
    Leak,
    dedupe,
    exact_report,
    last_dedupe,
)
from core.workspace import Workspace
from db.enums import Emotion, Split

AddFaces = Callable[..., int]
TRAIN, TEST = Split.TRAIN, Split.TEST
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD
# Shades 1 and 2 are copied: 1 across splits with two labels, 2 three times within training.
FACES = [
    (TEST, SAD, 1),
    (TRAIN, HAPPY, 1),
    (TRAIN, SAD, 2),
    (TRAIN, SAD, 2),
    (TRAIN, SAD, 2),
    (TEST, HAPPY, 3),
]


def test_the_report_counts_groups_images_surplus_conflicts_and_leaks(
    workspace: Workspace, add_faces: AddFaces
):
    report = exact_report(workspace, add_faces(FACES))
    assert (report.groups, report.images, report.surplus) == (2, 5, 3)
    assert (report.cross_split_groups, report.conflicting_groups) == (1, 1)
    assert report.leakage == {
        TRAIN: Leak(images=1, share=0.25),
        TEST: Leak(images=1, share=0.5),
    }


def test_dedupe_keeps_the_training_copy_and_leaves_no_leak(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces(FACES)
    done = dedupe(workspace, dataset_id, annotator="ada")
    assert (done.dropped, done.remaining) == (3, 3)
    after = exact_report(workspace, dataset_id)
    assert (after.groups, after.surplus) == (0, 0)
    assert all(leak.images == 0 for leak in after.leakage.values())
    assert after.leakage[TEST].share == 0.0


def test_a_second_dedupe_finds_nothing(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces(FACES)
    dedupe(workspace, dataset_id, annotator="ada")
    again = dedupe(workspace, dataset_id, annotator="ada")
    assert (again.batch, again.dropped, again.remaining) == (None, 0, 3)
    assert progress(workspace, dataset_id).events == 3


def test_the_last_dedupe_is_found_until_it_is_undone(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(Split.TRAIN, Emotion.HAPPY, 10)] * 3)
    assert last_dedupe(workspace, dataset_id) is None
    batch = dedupe(workspace, dataset_id, annotator="ada").batch
    assert batch is not None
    assert last_dedupe(workspace, dataset_id) == DroppedBatch(batch=batch, dropped=2)
    undoing.undo(workspace, batch, annotator="bo")
    assert last_dedupe(workspace, dataset_id) is None
