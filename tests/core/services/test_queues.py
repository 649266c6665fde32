from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from core.errors import QueueError
from core.services import curation, queues, undoing
from core.services.queues import SETTLED_SLICES, QueueKind, QueueSpec
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, JobKind, Mask, Split
from db.models import ImageTag, Job, LabelEvent, LabelIssue, QueueClaim

AddFaces = Callable[..., int]
TRAIN, TEST = Split.TRAIN, Split.TEST
HAPPY, SAD, FEAR = Emotion.HAPPY, Emotion.SAD, Emotion.FEAR
ALL = QueueSpec()

maybe_emotion = st.none() | st.sampled_from(Emotion)
maybe_number = st.none() | st.integers(0, 2**31 - 1)
specs = st.builds(
    QueueSpec,
    kind=st.sampled_from([kind for kind in QueueKind if kind is not QueueKind.MODEL_DISAGREES]),
    split=st.none() | st.sampled_from(Split),
    emotion=maybe_emotion,
    state=st.none() | st.sampled_from(ImageState),
    tag=st.none() | st.text(min_size=1, max_size=40),
    seed=maybe_number,
    run=maybe_number,
    true=maybe_emotion,
    predicted=maybe_emotion,
    second_opinion=st.booleans(),
) | st.builds(
    QueueSpec,
    kind=st.just(QueueKind.MODEL_DISAGREES),
    run=st.integers(0, 2**31 - 1),
    true=maybe_emotion,
    slice_name=st.none() | st.sampled_from(SETTLED_SLICES),
    test_mask=st.none() | st.sampled_from(Mask),
)


@pytest.fixture
def six(add_faces: AddFaces) -> int:
    """Faces 1 to 6; 1 and 2 have the same pixels, and so have 3 and 4."""
    return add_faces(
        [
            (TRAIN, HAPPY, 10),
            (TRAIN, SAD, 10),
            (TRAIN, FEAR, 20),
            (TEST, FEAR, 20),
            (TEST, HAPPY, 30),
            (TRAIN, HAPPY, 40),
        ]
    )


def vote(workspace: Workspace, image_id: int, emotion: Emotion, annotator: str) -> None:
    with workspace.writing() as session:
        session.add(
            LabelEvent(
                image_id=image_id,
                annotator=annotator,
                kind=EventKind.VOTE,
                old="",
                new=emotion,
                batch=f"{annotator}{image_id}",
                at=datetime.now(UTC),
            )
        )


@given(specs)
def test_a_link_names_the_queue_it_was_written_for(spec: QueueSpec):
    assert QueueSpec.from_query(spec.to_query()) == spec
    assert QueueSpec.from_query(spec.to_query() | {"dataset": "fer", "after": "9"}).key == spec.key


@given(specs, specs)
def test_two_queues_share_a_key_only_where_they_are_equal(first: QueueSpec, second: QueueSpec):
    assert (first.key == second.key) == (first == second)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"queue": "best"}, "no queue 'best'; known are all, unlabeled"),
        ({"split": "half"}, "no split 'half'"),
        ({"state": "gone"}, "no state 'gone'"),
        ({"seed": "-1"}, "seed is a whole number"),
        ({"seed": "9999999999"}, "from 0 to"),
        ({"tag": ""}, "1 to 40 characters"),
        ({"slice": "agreed"}, "no test images that are agreed; known are leak-free, leaked"),
        ({"test_mask": "hat"}, "no test_mask 'hat'"),
        ({"queue": "model_disagrees"}, "Choose the run"),
    ],
)
def test_a_link_with_an_unknown_value_is_refused(query: dict[str, str], message: str):
    with pytest.raises(QueueError, match=message):
        QueueSpec.from_query(query)


def test_all_holds_kept_faces_by_id(workspace: Workspace, six: int):
    curation.drop(workspace, 2, annotator="ada", reason="blank")
    assert queues.page(workspace, six, ALL) == [1, 3, 4, 5, 6]
    assert queues.page(workspace, six, QueueSpec(state=None)) == [1, 2, 3, 4, 5, 6]
    assert queues.page(workspace, six, QueueSpec(state=ImageState.DROPPED)) == [2]


def test_filters_are_combined(workspace: Workspace, six: int):
    with workspace.writing() as session:
        session.add_all([ImageTag(image_id=number, tag="glasses") for number in (1, 2, 5)])
    assert queues.page(workspace, six, QueueSpec(split=TRAIN, emotion=HAPPY)) == [1, 6]
    assert queues.page(workspace, six, QueueSpec(emotion=HAPPY)) == [1, 5, 6]
    assert queues.page(workspace, six, QueueSpec(split=TEST)) == [4, 5]
    assert queues.page(workspace, six, QueueSpec(tag="glasses", emotion=HAPPY)) == [1, 5]
    random = QueueSpec(kind=QueueKind.RANDOM, tag="glasses", split=TRAIN)
    assert sorted(queues.page(workspace, six, random)) == [1, 2]


def test_unlabeled_holds_what_nobody_labelled_or_confirmed(workspace: Workspace, six: int):
    spec = QueueSpec(kind=QueueKind.UNLABELED)
    assert queues.count(workspace, six, spec) == 6
    labelled = curation.label(workspace, 1, SAD, annotator="ada")
    curation.label(workspace, 3, FEAR, annotator="ben")
    vote(workspace, 5, SAD, "ben")
    assert queues.page(workspace, six, spec) == [2, 4, 5, 6]
    undoing.undo(workspace, labelled.batch, annotator="ada")
    assert queues.page(workspace, six, spec) == [1, 2, 4, 5, 6]


def test_conflicting_holds_kept_copies_with_two_labels(workspace: Workspace, six: int):
    spec = QueueSpec(kind=QueueKind.CONFLICTING)
    assert queues.page(workspace, six, spec) == [1, 2]
    curation.label(workspace, 4, SAD, annotator="ada")
    assert queues.page(workspace, six, spec) == [1, 2, 3, 4]
    curation.drop(workspace, 1, annotator="ada", reason="blank")
    assert queues.page(workspace, six, spec) == [3, 4]
    assert queues.next_ids(workspace, six, spec, annotator="ada", after_id=1, limit=9) == [3, 4]


def test_likely_wrong_comes_worst_first_and_leaves_with_the_label(workspace: Workspace, six: int):
    with workspace.writing() as session:
        job = Job(kind=JobKind.ISSUES, payload={}, queued_at=datetime.now(UTC))
        session.add(job)
        session.flush()
        for number, score in ((1, 0.5), (2, 0.1), (4, 0.1), (5, 0.3)):
            label = {2: SAD, 4: FEAR}.get(number, HAPPY)
            suggested = SAD if number != 2 else HAPPY
            issue = LabelIssue(
                image_id=number,
                dataset_id=six,
                label=label,
                suggested=suggested,
                score=score,
                job_id=job.id,
            )
            session.add(issue)
    spec = QueueSpec(kind=QueueKind.LIKELY_WRONG)
    assert queues.page(workspace, six, spec) == [2, 4, 5, 1]
    assert [queues.position_of(workspace, six, spec, n) for n in (2, 4, 5, 1)] == [0, 1, 2, 3]
    curation.label(workspace, 4, SAD, annotator="ada")
    assert queues.page(workspace, six, spec) == [2, 5, 1]
    assert queues.next_ids(workspace, six, spec, annotator="ada", after_id=4, limit=9) == [5, 1]


def test_annotators_disagree_where_their_newest_opinions_differ(workspace: Workspace, six: int):
    spec = QueueSpec(kind=QueueKind.ANNOTATORS_DISAGREE)
    curation.label(workspace, 1, SAD, annotator="ada")
    curation.label(workspace, 3, FEAR, annotator="ada")
    curation.label(workspace, 5, SAD, annotator="ada")
    assert queues.page(workspace, six, spec) == []
    for number in (1, 3, 5):
        vote(workspace, number, FEAR, "ben")
    assert queues.page(workspace, six, spec) == [1, 5]
    curation.label(workspace, 5, FEAR, annotator="ada")
    assert queues.page(workspace, six, spec) == [1]
    again = curation.label(workspace, 3, SAD, annotator="ada")
    assert queues.page(workspace, six, spec) == [1, 3]
    undoing.undo(workspace, again.batch, annotator="ada")
    assert queues.page(workspace, six, spec) == [1]


def test_a_random_queue_covers_everything_once_in_an_order_of_its_seed(
    workspace: Workspace, add_faces: AddFaces
):
    dataset = add_faces([(TRAIN, HAPPY, shade) for shade in range(60)])
    first, second = (QueueSpec(kind=QueueKind.RANDOM, seed=seed) for seed in (1, 2))
    order = queues.page(workspace, dataset, first)
    assert sorted(order) == list(range(1, 61))
    assert order not in (sorted(order), queues.page(workspace, dataset, second))
    assert queues.page(workspace, dataset, first, start=50) == order[50:]
    walked: list[int] = []
    while more := queues.next_ids(
        workspace,
        dataset,
        first,
        annotator="ada",
        after_id=walked[-1] if walked else None,
        limit=7,
    ):
        walked += more
    assert walked == order


def test_images_added_later_move_no_other_in_a_random_queue(
    workspace: Workspace, add_faces: AddFaces
):
    spec = QueueSpec(kind=QueueKind.RANDOM, seed=5)
    dataset = add_faces([(TRAIN, HAPPY, shade) for shade in range(30)])
    before = queues.page(workspace, dataset, spec)
    other = add_faces([(TRAIN, HAPPY, shade) for shade in range(30)], name="other")
    assert queues.page(workspace, dataset, spec) == before
    assert sorted(queues.page(workspace, other, spec)) == list(range(31, 61))


def test_paging_and_positions_agree(workspace: Workspace, add_faces: AddFaces):
    dataset = add_faces([(TRAIN, HAPPY, shade) for shade in range(25)])
    for spec in (ALL, QueueSpec(kind=QueueKind.RANDOM), QueueSpec(kind=QueueKind.UNLABELED)):
        order = [
            image_id
            for start in range(0, 30, 10)
            for image_id in queues.page(workspace, dataset, spec, start=start, limit=10)
        ]
        assert len(order) == queues.count(workspace, dataset, spec) == 25
        places = [queues.position_of(workspace, dataset, spec, image_id) for image_id in order]
        assert places == list(range(25))


@pytest.mark.parametrize("kind", [QueueKind.ALL, QueueKind.RANDOM, QueueKind.UNLABELED])
def test_two_annotators_never_get_the_same_face(
    workspace: Workspace, add_faces: AddFaces, kind: QueueKind
):
    dataset = add_faces([(TRAIN, HAPPY, shade) for shade in range(40)])
    spec = QueueSpec(kind=kind)
    taken: dict[str, list[int]] = {"ada": [], "ben": []}
    for _ in range(10):
        for name, faces in taken.items():
            last = faces[-1] if faces else None
            faces += queues.next_ids(
                workspace, dataset, spec, annotator=name, after_id=last, limit=3
            )
    assert not set(taken["ada"]) & set(taken["ben"])
    assert len(taken["ada"]) + len(taken["ben"]) == 40


def test_an_expired_claim_returns_the_face(workspace: Workspace, six: int):
    assert queues.next_ids(workspace, six, ALL, annotator="ada", after_id=None, limit=2) == [1, 2]
    assert queues.next_ids(workspace, six, ALL, annotator="ben", after_id=None, limit=1) == [3]
    expire(workspace)
    assert queues.next_ids(workspace, six, ALL, annotator="ben", after_id=None, limit=2) == [1, 2]


def test_a_claimed_face_that_was_judged_stays_with_its_annotator(workspace: Workspace, six: int):
    queues.next_ids(workspace, six, ALL, annotator="ada", after_id=None, limit=2)
    curation.label(workspace, 1, SAD, annotator="ada")
    expire(workspace)
    assert queues.next_ids(workspace, six, ALL, annotator="ben", after_id=None, limit=2) == [2, 3]
    assert queues.next_ids(workspace, six, ALL, annotator="ada", after_id=None, limit=1) == [1]


def test_claims_in_one_queue_do_not_hold_faces_in_another(workspace: Workspace, six: int):
    queues.next_ids(workspace, six, ALL, annotator="ada", after_id=None, limit=6)
    other = QueueSpec(split=TEST)
    assert queues.next_ids(workspace, six, other, annotator="ben", after_id=None, limit=6) == [4, 5]


def test_second_opinions_ignore_claims_but_give_nobody_a_face_twice(workspace: Workspace, six: int):
    spec = QueueSpec(second_opinion=True)
    for name in ("ada", "ben"):
        found = queues.next_ids(workspace, six, spec, annotator=name, after_id=None, limit=2)
        assert found == [1, 2]
    curation.label(workspace, 1, SAD, annotator="ada")
    vote(workspace, 2, SAD, "ada")
    assert queues.next_ids(workspace, six, spec, annotator="ada", after_id=None, limit=2) == [3, 4]
    assert queues.next_ids(workspace, six, spec, annotator="ben", after_id=None, limit=2) == [1, 2]


def expire(workspace: Workspace) -> None:
    with workspace.writing() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(QueueClaim).values(expires_at=past))
