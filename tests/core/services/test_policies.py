from collections.abc import Callable

import pytest

from core.errors import UnknownBatchError
from core.services import curation, policies, voting
from core.services.datasets import find_dataset
from core.workspace import Workspace
from db.enums import Emotion, LabelPolicy, Split

AddFaces = Callable[..., int]
HAPPY, SAD, FEAR = Emotion.HAPPY, Emotion.SAD, Emotion.FEAR
LATEST, MAJORITY, ADJUDICATED = LabelPolicy


@pytest.fixture
def voted(workspace: Workspace, add_faces: AddFaces) -> int:
    """Three happy faces: sad by two of three, a tie, and one nobody judged."""
    dataset_id = add_faces([(Split.TRAIN, HAPPY, shade) for shade in (1, 2, 3)])
    for annotator, emotion in (("ada", SAD), ("bo", SAD), ("cy", FEAR)):
        voting.vote(workspace, 1, emotion, annotator=annotator)
    for annotator, emotion in (("ada", SAD), ("bo", FEAR)):
        voting.vote(workspace, 2, emotion, annotator=annotator)
    return dataset_id


def labels(workspace: Workspace) -> list[Emotion]:
    return [curation.find_image(workspace, image_id).label for image_id in (1, 2, 3)]


def test_a_data_set_starts_with_the_latest_label(workspace: Workspace, voted: int):
    assert policies.policy(workspace, voted) is LATEST


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(MAJORITY, [SAD, HAPPY, HAPPY]), (LATEST, [FEAR, FEAR, HAPPY]), (ADJUDICATED, [HAPPY] * 3)],
)
def test_a_policy_applies_to_what_was_judged_before(
    workspace: Workspace, voted: int, policy: LabelPolicy, expected: list[Emotion]
):
    n = policies.preview(workspace, voted, policy)
    change = policies.set_policy(workspace, voted, policy, annotator="ada")
    assert labels(workspace) == expected
    assert n == change.changed == sum(label is not HAPPY for label in expected)
    assert policies.policy(workspace, voted) is policy


def test_a_preview_changes_nothing(workspace: Workspace, voted: int):
    before = find_dataset(workspace, "faces")
    policies.preview(workspace, voted, MAJORITY)
    assert find_dataset(workspace, "faces") == before
    assert labels(workspace) == [HAPPY] * 3


def test_setting_a_policy_twice_changes_nothing_the_second_time(workspace: Workspace, voted: int):
    policies.set_policy(workspace, voted, MAJORITY, annotator="ada")
    again = policies.set_policy(workspace, voted, MAJORITY, annotator="ada")
    assert (again.changed, again.batch) == (0, None)


def test_the_events_of_a_policy_say_who_set_it_and_why_the_label_changed(
    workspace: Workspace, voted: int
):
    policies.set_policy(workspace, voted, MAJORITY, annotator="di")
    event = curation.history(workspace, voted)[0]
    assert event.annotator == "majority"
    assert event.reason == "policy latest to majority by di: 2 of 3 say sad"


def test_an_annotator_with_a_long_name_can_set_a_policy(workspace: Workspace, voted: int):
    policies.set_policy(workspace, voted, MAJORITY, annotator="d" * 100)
    reason = curation.history(workspace, voted)[0].reason or ""
    assert reason.endswith("2 of 3 say sad")
    assert len(reason) <= 200


def test_adjudications_count_again_when_the_policy_comes_back(workspace: Workspace, voted: int):
    voting.adjudicate(workspace, 2, FEAR, annotator="di")
    policies.set_policy(workspace, voted, MAJORITY, annotator="di")
    policies.set_policy(workspace, voted, ADJUDICATED, annotator="di")
    assert labels(workspace)[1] is FEAR


def test_a_change_of_policy_can_be_taken_back_as_a_whole(workspace: Workspace, voted: int):
    change = policies.set_policy(workspace, voted, MAJORITY, annotator="ada")
    assert policies.take_back(workspace, voted, change, annotator="ada") == 1
    assert labels(workspace) == [HAPPY] * 3
    assert policies.policy(workspace, voted) is LATEST
    with pytest.raises(UnknownBatchError, match="undone already"):
        policies.take_back(workspace, voted, change, annotator="ada")


def test_the_last_change_of_policy_is_found_again_until_it_is_taken_back(
    workspace: Workspace, voted: int
):
    assert policies.last_change(workspace, voted) is None
    change = policies.set_policy(workspace, voted, MAJORITY, annotator="ada")
    assert policies.last_change(workspace, voted) == change
    policies.take_back(workspace, voted, change, annotator="bo")
    assert policies.last_change(workspace, voted) is None


def test_a_change_that_another_policy_followed_is_not_the_last(workspace: Workspace, voted: int):
    policies.set_policy(workspace, voted, MAJORITY, annotator="ada")
    policies.set_policy(workspace, voted, ADJUDICATED, annotator="ada")
    assert policies.last_change(workspace, voted) is None
