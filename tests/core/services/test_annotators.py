from collections.abc import Callable

from core.services import annotators, curation, policies, undoing, voting
from core.workspace import Workspace
from db.enums import Emotion, LabelPolicy, Split

AddFaces = Callable[..., int]
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD


def test_annotators_are_counted_with_what_they_did(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(Split.TRAIN, HAPPY, shade) for shade in (1, 2)])
    curation.label(workspace, 1, SAD, annotator="ada")
    curation.label(workspace, 2, HAPPY, annotator="ada")
    voting.vote(workspace, 1, HAPPY, annotator="ada")
    undone = voting.vote(workspace, 1, HAPPY, annotator="bo")
    undoing.undo(workspace, undone.batch, annotator="bo")
    (ada,) = annotators.annotators(workspace, dataset_id)
    assert (ada.name, ada.images, ada.labels, ada.confirmations, ada.votes) == ("ada", 2, 1, 1, 1)
    assert ada.last_at is not None


def test_a_policy_is_no_annotator(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(Split.TRAIN, HAPPY, 1)])
    policies.set_policy(workspace, dataset_id, LabelPolicy.MAJORITY, annotator="di")
    voting.judge(workspace, 1, SAD, annotator="ada")
    assert [one.name for one in annotators.annotators(workspace, dataset_id)] == ["ada"]


def test_a_group_is_given_and_taken_away(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(Split.TRAIN, HAPPY, 1)])
    annotators.set_group(workspace, "ada", " Japan ")
    (ada,) = annotators.annotators(workspace, dataset_id)
    assert (ada.group, ada.images, ada.last_at) == ("Japan", 0, None)
    annotators.set_group(workspace, "ada", "")
    assert annotators.annotators(workspace, dataset_id) == []


def test_renaming_a_group_moves_its_members_into_one_with_that_name(workspace: Workspace):
    for name, group in (("ada", "East"), ("bo", "East"), ("cy", "West")):
        annotators.set_group(workspace, name, group)
    assert annotators.rename_group(workspace, "East", "West") == 2
    assert annotators.groups(workspace) == {"ada": "West", "bo": "West", "cy": "West"}
