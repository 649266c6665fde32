from collections.abc import Callable

import pytest

from core.services import adjudicating, curation, undoing, voting
from core.workspace import Workspace
from db.enums import Emotion, Split

AddFaces = Callable[..., int]
HAPPY, SAD, FEAR = Emotion.HAPPY, Emotion.SAD, Emotion.FEAR


def vote(workspace: Workspace, image_id: int, **emotions: Emotion) -> None:
    for annotator, emotion in emotions.items():
        voting.vote(workspace, image_id, emotion, annotator=annotator)


def queue(workspace: Workspace, dataset_id: int) -> list[int]:
    return adjudicating.disputed(workspace, dataset_id)


def test_disputed_faces_come_with_most_judgements_first(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(Split.TRAIN, HAPPY, shade) for shade in range(5)])
    vote(workspace, 1, ada=SAD)
    vote(workspace, 2, ada=SAD, bo=SAD)
    vote(workspace, 3, ada=SAD, bo=FEAR)
    vote(workspace, 4, ada=SAD, bo=FEAR, cy=FEAR)
    vote(workspace, 5, ada=SAD, bo=FEAR)
    curation.drop(workspace, 5, annotator="ada", reason="not a face")
    assert queue(workspace, dataset_id) == [4, 3]
    described = adjudicating.describe(workspace, [4, 3])
    assert [one.image.id for one in described] == [4, 3]
    assert described[0].judgements == (("bo", FEAR), ("cy", FEAR), ("ada", SAD))


def test_an_annotator_who_changes_their_mind_ends_the_dispute(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(Split.TRAIN, HAPPY, 1)])
    vote(workspace, 1, ada=SAD, bo=FEAR)
    vote(workspace, 1, bo=SAD)
    assert queue(workspace, dataset_id) == []


def test_an_adjudicated_face_is_settled_until_it_is_judged_anew(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(Split.TRAIN, HAPPY, 1)])
    vote(workspace, 1, ada=SAD, bo=FEAR)
    voting.adjudicate(workspace, 1, FEAR, annotator="di")
    assert queue(workspace, dataset_id) == []
    vote(workspace, 1, cy=HAPPY)
    assert queue(workspace, dataset_id) == [1]


def test_undoing_an_adjudication_opens_the_dispute_again(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(Split.TRAIN, HAPPY, 1)])
    vote(workspace, 1, ada=SAD, bo=FEAR)
    event = voting.adjudicate(workspace, 1, FEAR, annotator="di")
    undoing.undo(workspace, event.batch, annotator="di")
    assert queue(workspace, dataset_id) == [1]
    assert curation.find_image(workspace, 1).label is HAPPY


def test_disputes_are_the_same_event_by_event_as_at_one_look(
    workspace: Workspace, add_faces: AddFaces, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(adjudicating._Disputes, "LOOK_BACK", 0)
    dataset_id = add_faces([(Split.TRAIN, HAPPY, shade) for shade in range(4)])
    steps = (
        lambda: vote(workspace, 1, ada=SAD, bo=FEAR),
        lambda: vote(workspace, 2, ada=SAD, bo=FEAR, cy=HAPPY),
        lambda: voting.adjudicate(workspace, 1, FEAR, annotator="di", batch="settled"),
        lambda: curation.drop(workspace, 2, annotator="ada", reason="not a face"),
        lambda: undoing.undo(workspace, "settled", annotator="di"),
        lambda: curation.restore(workspace, 2, annotator="ada"),
        lambda: vote(workspace, 1, bo=SAD),
    )
    seen = []
    for step in steps:
        step()
        seen.append(queue(workspace, dataset_id))
        assert adjudicating._Disputes(workspace, dataset_id).ids() == seen[-1]
    assert seen == [[1], [2, 1], [2], [], [1], [2, 1], [2]]
