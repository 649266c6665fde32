from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.services import curation, settling, undoing
from core.services.datasets import counts, datasets
from core.services.duplicates import exact_report
from core.services.splitting import preview, separate
from core.workspace import Workspace
from db.enums import DuplicateVerdict, Emotion, EventKind, Split
from db.repositories.duplicates import hashed

AddFaces = Callable[..., int]
TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST
HAPPY = Emotion.HAPPY
# Shade 1: two in test and one in training. Shade 2: one in each of training and validation.
FACES = [
    (TEST, HAPPY, 1), (TEST, HAPPY, 1), (TRAIN, HAPPY, 1), (TRAIN, HAPPY, 2),
    (VALIDATION, HAPPY, 2), (TEST, HAPPY, 3),
]  # fmt: skip


def splits(workspace: Workspace, n: int) -> list[Split]:
    return [curation.find_image(workspace, image_id).split for image_id in range(1, n + 1)]


def test_a_preview_counts_per_pair_of_splits_and_writes_nothing(
    workspace: Workspace, add_faces: AddFaces
):
    found = preview(workspace, add_faces(FACES))
    assert list(found.before.values()) == [1, 1, 0]
    assert list(found.after.values()) == [0, 0, 0]
    assert found.moves == {(TRAIN, TEST): 1, (VALIDATION, TRAIN): 1}
    assert (found.moved, found.batch) == (2, None)
    assert found.sizes_before == {TRAIN: 2, VALIDATION: 1, TEST: 3}
    assert found.sizes_after == {TRAIN: 2, VALIDATION: 0, TEST: 4}
    assert splits(workspace, 6) == [split for split, _, _ in FACES]


def test_making_it_leak_free_is_one_batch_of_events_and_keeps_the_original_splits(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces(FACES)
    done = separate(workspace, dataset_id, annotator="ada")
    assert splits(workspace, 6) == [TEST, TEST, TEST, TRAIN, TRAIN, TEST]
    assert curation.find_image(workspace, 3).original_split is TRAIN
    events = curation.history(workspace, dataset_id)
    assert {(event.kind, event.batch) for event in events} == {(EventKind.SPLIT, done.batch)}
    assert exact_report(workspace, dataset_id).cross_split_groups == 0
    again = separate(workspace, dataset_id, annotator="ada")
    assert (again.moved, again.batch) == (0, None)


def test_one_undo_puts_every_image_back(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces(FACES)
    batch = separate(workspace, dataset_id, annotator="ada").batch
    assert batch is not None
    last = settling.last_action(workspace, dataset_id)
    assert last is not None
    assert (last.batch, last.n) == (batch, 2)
    assert undoing.undo(workspace, batch, annotator="ada") == 2
    assert splits(workspace, 6) == [split for split, _, _ in FACES]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    faces=st.lists(st.tuples(st.sampled_from(Split), st.integers(0, 3)), min_size=2, max_size=7),
    same=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=3),
)
def test_no_exact_or_decided_group_crosses_splits_afterwards_and_undo_restores_all(
    workspace: Workspace,
    add_faces: AddFaces,
    faces: list[tuple[Split, int]],
    same: set[tuple[int, int]],
):
    name = f"law {len(datasets(workspace))}"
    dataset_id = add_faces([(split, HAPPY, shade) for split, shade in faces], name=name)
    with workspace.reading() as session:
        first = hashed(session, dataset_id)[0].image_id
    decided = [[first + one, first + other] for one, other in same if max(one, other) < len(faces)]
    if decided:
        settling.judge(workspace, decided, DuplicateVerdict.SAME, annotator="ada")
    before = [curation.find_image(workspace, first + n).split for n in range(len(faces))]
    done = separate(workspace, dataset_id, annotator="ada")
    after = [curation.find_image(workspace, first + n).split for n in range(len(faces))]
    assert exact_report(workspace, dataset_id).cross_split_groups == 0
    assert all(after[one - first] is after[other - first] for one, other in decided)
    assert sum(old is not new for old, new in zip(before, after, strict=True)) == done.moved
    if done.batch:
        undoing.undo(workspace, done.batch, annotator="ada")
    assert [curation.find_image(workspace, first + n).split for n in range(len(faces))] == before


def test_counts_as_imported_stay_when_splits_change(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces(FACES)
    before = [count.original for count in counts(workspace, dataset_id)]
    separate(workspace, dataset_id, annotator="ada")
    assert [count.original for count in counts(workspace, dataset_id)] == before
    assert sum(count.current for count in counts(workspace, dataset_id)) == len(FACES)
