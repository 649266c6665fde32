from collections.abc import Callable

import pytest

from core.services import curation, events, undoing
from core.services.events import EventFilter
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, Split

AddFaces = Callable[..., int]
FACES = [(Split.TRAIN, Emotion.HAPPY, shade) for shade in range(3)]


@pytest.fixture
def wanted(workspace: Workspace, add_faces: AddFaces) -> EventFilter:
    """Seven labels of the first face by ada, one drop of the second by bo."""
    dataset_id = add_faces(FACES)
    add_faces(FACES, name="other")
    for emotion in EMOTIONS:
        curation.label(workspace, 1, emotion, annotator="ada")
    curation.drop(workspace, 2, annotator="bo", reason="blank")
    curation.drop(workspace, 4, annotator="eve", reason="another data set")
    return EventFilter(dataset_id=dataset_id)


def test_pages_lead_from_the_newest_event_to_the_oldest_and_back(
    workspace: Workspace, wanted: EventFilter
):
    newest = events.page(workspace, wanted, limit=3)
    assert [event.id for event in newest.events] == [8, 7, 6]
    assert (newest.total, newest.has_newer, newest.has_older) == (8, False, True)
    second = events.page(workspace, wanted, before_id=6, limit=3)
    assert [event.id for event in second.events] == [5, 4, 3]
    assert (second.has_newer, second.has_older) == (True, True)
    last = events.page(workspace, wanted, before_id=3, limit=3)
    assert [event.id for event in last.events] == [2, 1]
    assert (last.has_newer, last.has_older) == (True, False)
    assert events.page(workspace, wanted, after_id=5, limit=3) == newest


def test_an_event_beyond_the_last_leads_to_the_newest(workspace: Workspace, wanted: EventFilter):
    assert events.page(workspace, wanted, before_id=1) == events.page(workspace, wanted)


@pytest.mark.parametrize(
    ("part", "ids"),
    [
        ({"image_id": 2}, [8]),
        ({"annotator": "ada"}, [7, 6, 5, 4, 3, 2, 1]),
        ({"kind": EventKind.CONFIRM}, []),
        ({"kind": EventKind.LABEL, "annotator": "bo"}, []),
    ],
)
def test_events_are_found_by_image_annotator_and_kind(
    workspace: Workspace, wanted: EventFilter, part: dict, ids: list[int]
):
    found = events.page(workspace, EventFilter(dataset_id=wanted.dataset_id, **part))
    assert [event.id for event in found.events] == ids
    assert found.total == len(ids)


def test_a_batch_is_found_with_whether_it_was_undone(workspace: Workspace, wanted: EventFilter):
    batch = events.page(workspace, wanted).events[0].batch
    undoing.undo(workspace, batch, annotator="bo")
    for digits in (batch, batch[:8]):
        found = events.page(workspace, EventFilter(dataset_id=1, batch=digits))
        assert ([event.id for event in found.events], found.undone) == ([8], {batch})
    assert events.page(workspace, EventFilter(dataset_id=1, batch="%")).total == 0


def test_every_event_comes_with_its_image(workspace: Workspace, wanted: EventFilter):
    assert sorted(events.page(workspace, wanted).images) == [1, 2]


def test_only_people_of_the_data_set_are_listed(workspace: Workspace, wanted: EventFilter):
    assert events.annotators(workspace, wanted.dataset_id) == ["ada", "bo"]


@pytest.mark.parametrize(
    ("named", "image_id"),
    [("train/happy/1.png", 2), ("2", 2), ("4", None), ("nope", None), ("9" * 30, None)],
)
def test_an_image_is_found_by_path_or_id_within_its_data_set(
    workspace: Workspace, wanted: EventFilter, named: str, image_id: int | None
):
    assert events.find_image_id(workspace, wanted.dataset_id, named) == image_id


def test_the_preview_of_an_undo_counts_what_it_would_change(
    workspace: Workspace, wanted: EventFilter
):
    first, drop = (events.page(workspace, wanted).events[index].batch for index in (-1, 0))
    # The first press is "angry"; the face was labeled again since.
    assert undoing.preview(workspace, first) == undoing.UndoPreview(True, 0, 1)
    assert undoing.preview(workspace, drop) == undoing.UndoPreview(True, 1, 0)
    assert undoing.undo(workspace, drop, annotator="bo") == 1
    assert not undoing.preview(workspace, drop).can_undo
    assert not undoing.preview(workspace, "nope").can_undo
