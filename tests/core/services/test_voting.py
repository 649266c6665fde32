import itertools
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import AnnotatorNameError, LabelPolicyError, UnknownImageError
from core.services import curation, policies, undoing, voting
from core.services.datasets import find_dataset
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, LabelPolicy, Split

AddFaces = Callable[..., int]
TRAIN = Split.TRAIN
HAPPY, SAD, FEAR, ANGRY = Emotion.HAPPY, Emotion.SAD, Emotion.FEAR, Emotion.ANGRY
LATEST, MAJORITY, ADJUDICATED = LabelPolicy
EXAMPLES = itertools.count()  # each example makes a data set of its own in the same workspace


def label_of(workspace: Workspace, image_id: int = 1) -> Emotion:
    return curation.find_image(workspace, image_id).label


def judged(workspace: Workspace, dataset_id: int) -> set[tuple[int, str, str]]:
    table = voting.judgements(workspace, dataset_id)
    return set(table.itertuples(index=False, name=None))


@pytest.fixture
def faces(workspace: Workspace, add_faces: AddFaces) -> int:
    """Two happy faces."""
    return add_faces([(TRAIN, HAPPY, 10), (TRAIN, HAPPY, 20)])


def follow(workspace: Workspace, dataset_id: int, policy: LabelPolicy) -> None:
    policies.set_policy(workspace, dataset_id, policy, annotator="ada")


def test_a_vote_is_stored_and_changes_no_label(workspace: Workspace, faces: int):
    event = voting.vote(workspace, 1, SAD, annotator="ada", batch="press")
    assert (event.kind, event.old, event.new, event.batch) == (EventKind.VOTE, "", "sad", "press")
    assert label_of(workspace) is HAPPY


def test_a_judgement_is_the_newest_of_labels_confirmations_and_votes(
    workspace: Workspace, faces: int
):
    voting.vote(workspace, 1, SAD, annotator="ada")
    curation.label(workspace, 1, FEAR, annotator="ada")
    voting.vote(workspace, 1, ANGRY, annotator="bo")
    curation.label(workspace, 2, HAPPY, annotator="bo")
    assert judged(workspace, faces) == {(1, "ada", "fear"), (1, "bo", "angry"), (2, "bo", "happy")}


def test_an_undone_judgement_gives_way_to_the_one_before(workspace: Workspace, faces: int):
    voting.vote(workspace, 1, SAD, annotator="ada")
    second = voting.vote(workspace, 1, FEAR, annotator="ada")
    undoing.undo(workspace, second.batch, annotator="ada")
    assert judged(workspace, faces) == {(1, "ada", "sad")}


def test_judgements_of_dropped_faces_and_other_sets_are_left_out(
    workspace: Workspace, faces: int, add_faces: AddFaces
):
    add_faces([(TRAIN, HAPPY, 30)], name="other")
    for image_id in (1, 2, 3):
        voting.vote(workspace, image_id, SAD, annotator="ada")
    curation.drop(workspace, 2, annotator="ada", reason="not a face")
    assert judged(workspace, faces) == {(1, "ada", "sad")}


def test_by_latest_a_press_labels(workspace: Workspace, faces: int):
    assert voting.judge(workspace, 1, SAD, annotator="ada").kind is EventKind.LABEL
    assert voting.judge(workspace, 1, SAD, annotator="bo").kind is EventKind.CONFIRM
    assert label_of(workspace) is SAD


def test_by_majority_the_label_follows_more_than_half_of_the_votes(
    workspace: Workspace, faces: int
):
    follow(workspace, faces, MAJORITY)
    labels = []
    for annotator, emotion in (("ada", SAD), ("bo", FEAR), ("cy", FEAR), ("di", SAD)):
        assert voting.judge(workspace, 1, emotion, annotator=annotator).kind is EventKind.VOTE
        labels.append(label_of(workspace))
    assert labels == [SAD, SAD, FEAR, FEAR]  # 1 of 1; 1:1 is no majority; 2 of 3; 2:2 is none


def test_a_label_by_majority_names_the_counts_and_shares_the_batch_of_the_vote(
    workspace: Workspace, faces: int
):
    follow(workspace, faces, MAJORITY)
    vote = voting.judge(workspace, 1, SAD, annotator="ada")
    label = curation.history(workspace, faces)[0]
    assert (label.annotator, label.kind, label.old, label.new) == (
        "majority", EventKind.LABEL, "happy", "sad",
    )  # fmt: skip
    assert label.reason == "majority: 1 of 1 say sad"
    assert label.batch == vote.batch


def test_undoing_a_vote_takes_the_label_by_majority_back_too(workspace: Workspace, faces: int):
    follow(workspace, faces, MAJORITY)
    voting.judge(workspace, 1, SAD, annotator="ada")
    undoing.undo_last(workspace, faces, annotator="ada")
    assert label_of(workspace) is HAPPY
    assert judged(workspace, faces) == set()


def test_undoing_a_vote_leaves_the_majority_of_the_rest(workspace: Workspace, faces: int):
    follow(workspace, faces, MAJORITY)
    first = voting.judge(workspace, 1, SAD, annotator="ada")
    voting.judge(workspace, 1, FEAR, annotator="bo")
    assert undoing.undo(workspace, first.batch, annotator="ada") == 1
    assert label_of(workspace) is FEAR
    newest = curation.history(workspace, faces)[0]
    assert (newest.annotator, newest.old, newest.new) == ("majority", "happy", "fear")


def test_by_adjudication_only_an_adjudicator_changes_the_label(workspace: Workspace, faces: int):
    follow(workspace, faces, ADJUDICATED)
    for annotator in ("ada", "bo", "cy"):
        voting.judge(workspace, 1, SAD, annotator=annotator)
    assert label_of(workspace) is HAPPY
    event = voting.adjudicate(workspace, 1, FEAR, annotator="di")
    assert (event.kind, event.reason) == (EventKind.LABEL, "adjudicated")
    assert label_of(workspace) is FEAR
    assert "di" not in set(voting.judgements(workspace, faces)["annotator"])


@pytest.mark.parametrize("policy", [MAJORITY, ADJUDICATED])
def test_nobody_sets_a_label_alone_unless_the_latest_counts(
    workspace: Workspace, faces: int, policy: LabelPolicy
):
    follow(workspace, faces, policy)
    with pytest.raises(LabelPolicyError, match=f"labels of this data set are {policy}"):
        curation.label(workspace, 1, SAD, annotator="ada")
    assert label_of(workspace) is HAPPY


def test_a_policy_is_nobodys_name(workspace: Workspace, faces: int):
    with pytest.raises(AnnotatorNameError, match="Nobody can judge as 'majority'"):
        voting.vote(workspace, 1, SAD, annotator="majority")


def test_voting_on_an_image_that_does_not_exist_writes_nothing(workspace: Workspace, faces: int):
    before = find_dataset(workspace, "faces").revision
    with pytest.raises(UnknownImageError):
        voting.judge(workspace, 7, SAD, annotator="ada")
    assert find_dataset(workspace, "faces").revision == before


ACTIONS = st.one_of(
    st.tuples(st.sampled_from(["ada", "bo", "cy"]), st.integers(0, 1), st.sampled_from(EMOTIONS)),
    st.tuples(st.sampled_from(["ada", "bo"]), st.just(0), st.just("undo")),
    st.tuples(st.just("di"), st.integers(0, 1), st.just("adjudicate")),
    st.tuples(st.just("di"), st.just(0), st.sampled_from(list(LabelPolicy))),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(actions=st.lists(ACTIONS, max_size=14))
def test_replaying_the_labels_gives_the_current_ones_whatever_the_policy(
    workspace: Workspace, add_faces: AddFaces, actions: list[tuple[str, int, str]]
):
    faces = [(TRAIN, HAPPY, 1), (TRAIN, HAPPY, 2)]
    dataset_id = add_faces(faces, name=f"replay-{next(EXAMPLES)}")
    first = curation.next_image(workspace, dataset_id)
    assert first is not None
    for who, offset, what in actions:
        if what == "undo":
            undoing.undo_last(workspace, dataset_id, annotator=who)
        elif what == "adjudicate":
            voting.adjudicate(workspace, first.id + offset, FEAR, annotator=who)
        elif isinstance(what, LabelPolicy):
            policies.set_policy(workspace, dataset_id, what, annotator=who)
        else:
            voting.judge(workspace, first.id + offset, Emotion(what), annotator=who)
    replayed = {first.id: "happy", first.id + 1: "happy"}
    for event in reversed(curation.history(workspace, dataset_id, limit=1000)):
        if event.kind is EventKind.LABEL:
            assert replayed[event.image_id] == event.old
            replayed[event.image_id] = event.new
    current = {image_id: str(label_of(workspace, image_id)) for image_id in replayed}
    assert replayed == current
