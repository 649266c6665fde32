import itertools
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UnknownBatchError
from core.services import auditing, bulk, curation, events, policies, tagging, undoing, voting
from core.services.datasets import progress
from core.services.duplicates import dedupe
from core.services.events import EventFilter
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, ImageState, LabelPolicy, Split
from db.repositories import labels
from db.repositories.labels import NewEvent

AddFaces = Callable[..., int]
TRAIN = Split.TRAIN
HAPPY, SAD, FEAR = Emotion.HAPPY, Emotion.SAD, Emotion.FEAR
EXAMPLES = itertools.count()  # each example makes a data set of its own in the same workspace


def test_undo_gives_the_old_label_back_and_is_an_event_itself(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(TRAIN, HAPPY, 10)])
    event = curation.label(workspace, 1, SAD, annotator="ada")
    assert undoing.undo(workspace, event.batch, annotator="ada") == 1
    assert curation.find_image(workspace, 1).label is HAPPY
    newest = curation.history(workspace, dataset_id)[0]
    assert (newest.old, newest.new, newest.undoes) == ("sad", "happy", event.batch)


def test_a_batch_can_be_undone_once(workspace: Workspace, add_faces: AddFaces):
    add_faces([(TRAIN, HAPPY, 10)])
    event = curation.label(workspace, 1, SAD, annotator="ada")
    undoing.undo(workspace, event.batch, annotator="ada")
    with pytest.raises(UnknownBatchError, match="undone already"):
        undoing.undo(workspace, event.batch, annotator="ada")


def test_undoing_an_unknown_batch_says_where_to_find_the_id(workspace: Workspace):
    with pytest.raises(UnknownBatchError, match="feelingit history"):
        undoing.undo(workspace, "nope", annotator="ada")


def test_undo_leaves_what_somebody_else_changed_since(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(TRAIN, HAPPY, 10)])
    event = curation.label(workspace, 1, SAD, annotator="ada")
    curation.label(workspace, 1, FEAR, annotator="bo")
    assert undoing.undo(workspace, event.batch, annotator="ada") == 0
    assert curation.find_image(workspace, 1).label is FEAR
    newest = curation.history(workspace, dataset_id)[0]
    assert newest.reason is not None
    assert "changed again" in newest.reason


def test_undo_last_walks_back_through_ones_own_presses_only(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(TRAIN, HAPPY, 1), (TRAIN, HAPPY, 2), (TRAIN, HAPPY, 3)])
    for image_id, annotator in ((1, "ada"), (2, "ada"), (3, "bo")):
        curation.label(workspace, image_id, SAD, annotator=annotator)
    undone = [undoing.undo_last(workspace, dataset_id, annotator="ada") for _ in range(3)]
    assert [event and event.image_id for event in undone] == [2, 1, None]
    assert curation.find_image(workspace, 3).label is SAD


def test_undoing_a_drop_restores_the_image(workspace: Workspace, add_faces: AddFaces):
    add_faces([(TRAIN, HAPPY, 10)])
    event = curation.drop(workspace, 1, annotator="ada", reason="not a face")
    undoing.undo(workspace, event.batch, annotator="ada")
    assert curation.find_image(workspace, 1).state is ImageState.KEPT


def test_dropped_copies_all_come_back_with_one_undo(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(TRAIN, HAPPY, 10)] * 4)
    batch = dedupe(workspace, dataset_id, annotator="ada").batch
    assert batch is not None
    assert undoing.undo(workspace, batch, annotator="ada") == 3
    assert progress(workspace, dataset_id).kept == 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    presses=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([*EMOTIONS, "drop", "restore", "undo"])),
        max_size=12,
    )
)
def test_replaying_the_events_gives_the_current_labels_and_states(
    workspace: Workspace, add_faces: AddFaces, presses: list[tuple[int, str]]
):
    name = f"replay-{next(EXAMPLES)}"
    dataset_id = add_faces([(TRAIN, HAPPY, shade) for shade in range(4)], name=name)
    first = curation.next_image(workspace, dataset_id)
    assert first is not None
    for offset, press in presses:
        image_id = first.id + offset
        if press == "undo":
            undoing.undo_last(workspace, dataset_id, annotator="ada")
        elif press == "drop":
            curation.drop(workspace, image_id, annotator="ada", reason="no face")
        elif press == "restore":
            curation.restore(workspace, image_id, annotator="ada")
        else:
            curation.label(workspace, image_id, Emotion(press), annotator="ada")
    labels = {first.id + offset: str(HAPPY) for offset in range(4)}
    states = {first.id + offset: str(ImageState.KEPT) for offset in range(4)}
    for event in reversed(curation.history(workspace, dataset_id, limit=1000)):
        is_label = event.new in set(EMOTIONS)
        (labels if is_label else states)[event.image_id] = event.new
    for image_id, label in labels.items():
        image = curation.find_image(workspace, image_id)
        assert (image.label, image.state) == (label, states[image_id])


def test_an_undone_label_no_longer_counts_as_touched(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(TRAIN, HAPPY, 10)])
    event = curation.label(workspace, 1, HAPPY, annotator="ada")
    assert event.kind is EventKind.CONFIRM
    assert progress(workspace, dataset_id).touched == 1
    undoing.undo(workspace, event.batch, annotator="ada")
    assert progress(workspace, dataset_id).touched == 0


def test_undo_last_leaves_a_drop_of_surplus_copies_alone(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(TRAIN, HAPPY, 10)] * 2)
    dedupe(workspace, dataset_id, annotator="ada")
    assert undoing.undo_last(workspace, dataset_id, annotator="ada") is None


def test_undo_last_passes_over_what_was_done_to_many_faces_at_once(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(TRAIN, HAPPY, shade) for shade in (10, 20, 30)])
    press = curation.label(workspace, 1, SAD, annotator="ada")
    tagging.set_tags(workspace, [1, 2, 3], "glasses", True, annotator="ada")
    single = tagging.set_tags(workspace, [2], "child", True, annotator="ada")
    undone = [undoing.undo_last(workspace, dataset_id, annotator="ada") for _ in range(3)]
    assert [one and one.undoes for one in undone] == [single, press.batch, None]


def vote_on(workspace: Workspace, image_ids: list[int], annotators: tuple[str, ...]) -> str:
    """Store a vote of each annotator on each image as one batch, as an import of votes does."""
    with workspace.writing() as session:
        labels.append(
            session,
            [
                NewEvent(
                    image_id=image_id, annotator=annotator, kind=EventKind.VOTE, old="", new=SAD,
                    reason=None, batch="votes", undoes=None, at=datetime.now(UTC),
                )
                for image_id in image_ids
                for annotator in annotators
            ],
        )  # fmt: skip
    return "votes"


class KilledError(Exception):
    """What stops an undo in these tests."""


def kill_after(monkeypatch: pytest.MonkeyPatch, n_parts: int) -> None:
    """End an undo after so many of its parts, as a kill of the process would."""
    real, parts = undoing._take_part_back, itertools.count()

    def part(*args: object, **named: object) -> object:
        if next(parts) == n_parts:
            raise KilledError
        return real(*args, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(undoing, "_take_part_back", part)


@pytest.mark.parametrize("n_parts", [1, 2])
def test_a_large_undo_that_was_killed_is_completed_by_undoing_again(
    workspace: Workspace, add_faces: AddFaces, monkeypatch: pytest.MonkeyPatch, n_parts: int
):
    dataset_id = add_faces([(TRAIN, HAPPY, shade) for shade in range(8)])
    batch = bulk.label_all(workspace, list(range(1, 9)), SAD, annotator="ada") or ""
    monkeypatch.setattr(undoing, "PART", 3)
    with monkeypatch.context() as killing:
        kill_after(killing, n_parts)
        with pytest.raises(KilledError):
            undoing.undo(workspace, batch, annotator="ada")
    assert auditing.audit(workspace, dataset_id) == []
    assert undoing.preview(workspace, batch).can_undo
    assert not events.page(workspace, EventFilter(dataset_id=dataset_id)).undone
    assert undoing.undo(workspace, batch, annotator="ada") == 8
    assert events.page(workspace, EventFilter(dataset_id=dataset_id)).undone == {batch}
    written = curation.history(workspace, dataset_id)
    assert len(written) == 16
    assert len({event.batch for event in written if event.undoes}) == 1
    assert {curation.find_image(workspace, n).label for n in range(1, 9)} == {HAPPY}
    with pytest.raises(UnknownBatchError, match="undone already"):
        undoing.undo(workspace, batch, annotator="ada")


def test_votes_are_taken_back_in_parts_and_count_no_more_from_the_first(
    workspace: Workspace, add_faces: AddFaces, monkeypatch: pytest.MonkeyPatch
):
    dataset_id = add_faces([(TRAIN, HAPPY, shade) for shade in range(4)])
    batch = vote_on(workspace, [1, 2, 3, 4], ("bo", "cy"))
    monkeypatch.setattr(undoing, "PART", 3)
    with monkeypatch.context() as killing:
        kill_after(killing, 1)
        with pytest.raises(KilledError):
            undoing.undo(workspace, batch, annotator="ada")
    assert voting.judgements(workspace, dataset_id).empty
    assert undoing.undo(workspace, batch, annotator="ada") == 4
    undone = [event for event in curation.history(workspace, dataset_id) if event.undoes == batch]
    assert [(event.image_id, event.old, event.new) for event in undone[:2]] == [(1, SAD, "")] * 2
    assert len(undone) == 8


def test_labels_that_followed_votes_go_with_them_in_parts(
    workspace: Workspace, add_faces: AddFaces, monkeypatch: pytest.MonkeyPatch
):
    dataset_id = add_faces([(TRAIN, HAPPY, shade) for shade in range(4)])
    batch = vote_on(workspace, [1, 2, 3, 4], ("bo", "cy"))
    policies.set_policy(workspace, dataset_id, LabelPolicy.MAJORITY, annotator="ada")
    voting.vote(workspace, 4, SAD, annotator="di")
    voting.vote(workspace, 3, FEAR, annotator="di")
    monkeypatch.setattr(undoing, "PART", 3)
    undoing.undo(workspace, batch, annotator="ada")
    labels_now = [curation.find_image(workspace, n).label for n in (1, 2, 3, 4)]
    assert labels_now == [SAD, SAD, FEAR, SAD]  # without any judgement a label stays as it is
    assert auditing.audit(workspace, dataset_id) == []
