from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import EmptySetError, TagError, UnknownImageError
from core.services import curation, tagging, undoing
from core.services.auditing import audit
from core.services.datasets import datasets
from core.workspace import Workspace
from db.enums import Emotion, EventKind, Split

AddFaces = Callable[..., int]
FACES = [(Split.TRAIN, Emotion.HAPPY, shade) for shade in range(4)]


def test_a_tag_is_given_by_an_event_each_in_one_batch(workspace: Workspace, add_faces: AddFaces):
    dataset = add_faces(FACES)
    batch = tagging.set_tags(workspace, [1, 2], "glasses", True, annotator="ada")
    assert tagging.tags_of(workspace, [1, 2, 3]) == {1: ["glasses"], 2: ["glasses"]}
    events = curation.history(workspace, dataset)
    assert {(e.image_id, e.kind, e.old, e.new, e.batch) for e in events} == {
        (1, EventKind.TAG, "", "glasses", batch),
        (2, EventKind.TAG, "", "glasses", batch),
    }


def test_images_that_have_the_tag_get_no_event(workspace: Workspace, add_faces: AddFaces):
    dataset = add_faces(FACES)
    tagging.set_tags(workspace, [1], "child", True, annotator="ada")
    assert tagging.set_tags(workspace, [1], "child", True, annotator="ada") is None
    tagging.set_tags(workspace, [1, 2], "child", True, annotator="ada")
    assert [e.image_id for e in curation.history(workspace, dataset)] == [2, 1]


def test_a_tag_is_taken_and_undo_gives_it_back(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES)
    tagging.set_tags(workspace, [1, 2, 3], "child", True, annotator="ada")
    batch = tagging.set_tags(workspace, [1, 2], "child", False, annotator="ada")
    assert tagging.tags_of(workspace, [1, 2, 3]) == {3: ["child"]}
    assert undoing.undo(workspace, batch or "", annotator="ada") == 2
    assert set(tagging.tags_of(workspace, [1, 2, 3])) == {1, 2, 3}


def test_undo_leaves_a_tag_that_was_taken_since(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES)
    batch = tagging.set_tags(workspace, [1, 2], "child", True, annotator="ada") or ""
    tagging.set_tags(workspace, [1], "child", False, annotator="ben")
    preview = undoing.preview(workspace, batch)
    assert (preview.back, preview.overtaken) == (1, 1)
    assert undoing.undo(workspace, batch, annotator="ada") == 1
    assert tagging.tags_of(workspace, [1, 2]) == {}


def test_an_unknown_image_keeps_everything_as_it_is(workspace: Workspace, add_faces: AddFaces):
    add_faces(FACES)
    with pytest.raises(UnknownImageError, match="99"):
        tagging.set_tags(workspace, [1, 99], "child", True, annotator="ada")
    with pytest.raises(EmptySetError):
        tagging.set_tags(workspace, [], "child", True, annotator="ada")
    assert tagging.tags_of(workspace, [1]) == {}


def test_a_data_set_offers_the_usual_tags_until_it_has_its_own(
    workspace: Workspace, add_faces: AddFaces
):
    dataset = add_faces(FACES)
    assert tagging.tag_list(workspace, dataset) == list(tagging.DEFAULT_TAGS)
    assert tagging.set_tag_list(workspace, dataset, [" mask", "hat", "mask"]) == ["mask", "hat"]
    assert tagging.tag_list(workspace, dataset) == ["mask", "hat"]
    tagging.set_tag_list(workspace, dataset, [])
    assert tagging.tag_list(workspace, dataset) == list(tagging.DEFAULT_TAGS)


@pytest.mark.parametrize("tag", ["", "  ", "a" * 41, "a,b", "a\nb", "a\x00", "a\u200bb"])
def test_what_cannot_be_a_tag_is_refused(workspace: Workspace, add_faces: AddFaces, tag: str):
    dataset = add_faces(FACES)
    with pytest.raises(TagError):
        tagging.set_tag_list(workspace, dataset, [tag])
    with pytest.raises(TagError):
        tagging.set_tags(workspace, [1], tag, True, annotator="ada")


def test_a_data_set_has_at_most_thirty_tags(workspace: Workspace, add_faces: AddFaces):
    dataset = add_faces(FACES)
    with pytest.raises(TagError, match="30"):
        tagging.set_tag_list(workspace, dataset, [str(number) for number in range(31)])


def test_tags_are_counted_on_kept_images_offered_or_not(workspace: Workspace, add_faces: AddFaces):
    dataset = add_faces(FACES)
    tagging.set_tag_list(workspace, dataset, ["mask", "hat"])
    tagging.set_tags(workspace, [1, 2], "hat", True, annotator="ada")
    tagging.set_tags(workspace, [3], "own", True, annotator="ada")
    curation.drop(workspace, 1, annotator="ada", reason="blank")
    assert tagging.tag_counts(workspace, dataset) == {"mask": 0, "hat": 1, "own": 1}


steps = st.tuples(
    st.sets(st.integers(1, 4), min_size=1),
    st.sampled_from(["a", "b"]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(steps, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
def test_replaying_the_events_gives_the_tags_whatever_was_done(
    workspace: Workspace, add_faces: AddFaces, done: list[tuple[set[int], str, bool, bool]]
):
    dataset = add_faces(FACES, name=f"s{len(datasets(workspace))}")
    first = dataset * 4 - 4
    for images, tag, present, is_undone in done:
        ids = [first + number for number in images]
        batch = tagging.set_tags(workspace, ids, tag, present, annotator="ada")
        if batch and is_undone:
            undoing.undo(workspace, batch, annotator="ada")
    assert audit(workspace, dataset) == []
