"""Presses: stored once, in order, and only what makes sense."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from core.errors import PressError, UnknownImageError
from core.services import curation, relabeling, tagging
from core.services.relabeling import DROP_REASONS, Press, PressKind
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, Split

HAPPY, SAD = Emotion.HAPPY, Emotion.SAD


@pytest.fixture
def dataset_id(add_faces: Callable[..., int]) -> int:
    return add_faces([(Split.TRAIN, HAPPY, shade) for shade in range(4)])


def made(kind: PressKind, image_id: int | None = 1, **fields: object) -> Press:
    return Press(id=uuid4().hex, kind=kind, image_id=image_id, **fields)


@pytest.fixture
def send(workspace: Workspace, dataset_id: int) -> Callable[..., relabeling.Answer]:
    def send_one(sent: Press, annotator: str = "ada") -> relabeling.Answer:
        return relabeling.press(workspace, dataset_id, sent, annotator=annotator)

    return send_one


def kinds(workspace: Workspace, dataset_id: int) -> list[EventKind]:
    return [event.kind for event in curation.history(workspace, dataset_id)[::-1]]


def test_a_label_is_an_event_whose_batch_is_the_press(workspace, dataset_id, send):
    sent = made(PressKind.LABEL, emotion=SAD)
    assert send(sent).image.label is SAD
    (event,) = curation.history(workspace, dataset_id)
    assert (event.batch, event.kind, event.old, event.new, event.annotator) == (
        sent.id, EventKind.LABEL, "happy", "sad", "ada",
    )  # fmt: skip


def test_a_press_sent_again_writes_nothing_and_has_the_same_answer(workspace, dataset_id, send):
    presses = [
        made(PressKind.LABEL, emotion=SAD),
        made(PressKind.DROP, reason=DROP_REASONS[0]),
        made(PressKind.RESTORE),
        made(PressKind.VOTE, emotion=HAPPY),
        made(PressKind.TAG, tag="glasses"),
        made(PressKind.UNTAG, tag="glasses"),
        made(PressKind.UNDO, image_id=None),
    ]
    for sent in presses:
        before = len(kinds(workspace, dataset_id))
        first = send(sent)
        assert send(sent) == first
        assert len(kinds(workspace, dataset_id)) == before + 1


def test_the_label_it_has_is_a_confirmation(workspace, dataset_id, send):
    send(made(PressKind.LABEL, emotion=HAPPY))
    assert kinds(workspace, dataset_id) == [EventKind.CONFIRM]


def test_a_drop_needs_a_known_reason(workspace, dataset_id, send):
    with pytest.raises(PressError, match="not a face, unreadable, several faces"):
        send(made(PressKind.DROP, reason="ugly"))
    assert send(made(PressKind.DROP, reason="unreadable")).image.state is ImageState.DROPPED
    assert kinds(workspace, dataset_id) == [EventKind.DROP]


def test_a_vote_changes_no_label(workspace, dataset_id, send):
    assert send(made(PressKind.VOTE, emotion=SAD)).image.label is HAPPY
    assert kinds(workspace, dataset_id) == [EventKind.VOTE]


def test_undo_takes_back_the_newest_press_of_ones_own(send):
    send(made(PressKind.LABEL, 1, emotion=SAD))
    send(made(PressKind.LABEL, 2, emotion=SAD), annotator="grace")
    image = send(made(PressKind.UNDO, None)).image
    assert (image.id, image.label) == (1, HAPPY)


def test_undo_takes_back_the_press_it_names(send):
    first = made(PressKind.LABEL, 1, emotion=SAD)
    send(first)
    send(made(PressKind.LABEL, 2, emotion=SAD))
    assert send(made(PressKind.UNDO, None, undoes=first.id)).image.id == 1


def test_undo_of_nothing_has_no_face(send):
    assert send(made(PressKind.UNDO, None)).image is None


def test_a_thousand_presses_can_be_undone_one_by_one(workspace, dataset_id, send):
    for number in range(1000):
        send(made(PressKind.LABEL, 1 + number % 4, emotion=(SAD, HAPPY)[number // 4 % 2]))
    seen = [send(made(PressKind.UNDO, None)).image.id for _ in range(1000)]
    assert seen == [1 + number % 4 for number in reversed(range(1000))]
    assert send(made(PressKind.UNDO, None)).image is None


@pytest.mark.parametrize("undoes", ["0" * 32, "x"])
def test_a_press_that_was_never_stored_cannot_be_undone(send, undoes: str):
    with pytest.raises(PressError, match="never stored"):
        send(made(PressKind.UNDO, None, undoes=undoes))


def test_nobody_undoes_the_press_of_another(send):
    sent = made(PressKind.LABEL, emotion=SAD)
    send(sent)
    with pytest.raises(PressError, match="ada's"):
        send(made(PressKind.UNDO, None, undoes=sent.id), annotator="grace")


def test_the_id_of_anothers_press_is_refused(send):
    sent = made(PressKind.LABEL, emotion=SAD)
    send(sent)
    with pytest.raises(PressError, match="Another annotator's"):
        send(sent, annotator="grace")


@pytest.mark.parametrize("press_id", ["", "x" * 32, "A" * 32, "0" * 31, "0" * 33])
def test_an_id_that_is_none_is_refused(workspace, dataset_id, send, press_id: str):
    with pytest.raises(PressError, match="32 hexadecimal digits"):
        send(Press(id=press_id, kind=PressKind.LABEL, image_id=1, emotion=SAD))
    assert kinds(workspace, dataset_id) == []


def test_a_face_of_another_data_set_is_unknown(add_faces, workspace, dataset_id, send):
    add_faces([(Split.TRAIN, HAPPY, 9)], name="other")
    for image_id in (5, 999, None):
        with pytest.raises(UnknownImageError):
            send(made(PressKind.LABEL, image_id, emotion=SAD))


def test_a_label_press_without_an_emotion_is_refused(send):
    with pytest.raises(PressError, match="no emotion"):
        send(made(PressKind.LABEL))


def test_a_tag_is_given_and_undone(workspace, dataset_id, send):
    send(made(PressKind.TAG, tag="glasses"))
    send(made(PressKind.TAG, tag="glasses"))
    assert tagging.tags_of(workspace, [1]) == {1: ["glasses"]}
    assert kinds(workspace, dataset_id) == [EventKind.TAG]
    send(made(PressKind.UNDO, None))
    assert tagging.tags_of(workspace, [1]) == {}
