"""What two people or machines do at the same moment ends as if one had waited for the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest

from core.errors import UnknownBatchError
from core.services import queues
from core.services.curation import find_image, history, label
from core.services.undoing import undo
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Split

N_ROUNDS = 10


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Call a function in threads that start together, once for each argument."""

    def call(function: Callable[[Any], Any], arguments: list[Any]) -> list[Any]:
        barrier = Barrier(len(arguments))

        def wait_and_call(argument: Any) -> Any:
            barrier.wait()
            return function(argument)

        with ThreadPoolExecutor(len(arguments)) as pool:
            return list(pool.map(wait_and_call, arguments))

    return call


def test_labels_given_to_one_face_at_once_follow_each_other(
    workspace: Workspace, add_faces: Callable[..., int], at_once: Callable[..., list[Any]]
):
    dataset_id = add_faces([(Split.TRAIN, Emotion.HAPPY, 1)])

    def annotate(who: int) -> None:
        for press in range(N_ROUNDS):
            label(workspace, 1, EMOTIONS[(who + press) % 7], annotator=f"annotator {who}")

    at_once(annotate, [0, 2, 4])
    events = history(workspace, dataset_id, limit=1000)[::-1]
    assert len(events) == 3 * N_ROUNDS
    assert events[0].old == Emotion.HAPPY
    assert all(earlier.new == later.old for earlier, later in pairwise(events))
    assert find_image(workspace, 1).label == events[-1].new


def test_a_batch_that_two_people_undo_at_once_is_undone_once(
    workspace: Workspace, add_faces: Callable[..., int], at_once: Callable[..., list[Any]]
):
    dataset_id = add_faces([(Split.TRAIN, Emotion.HAPPY, 1)])

    def take_back(who: str) -> int:
        try:
            return undo(workspace, batch, annotator=who)
        except UnknownBatchError:
            return 0

    for n_done in range(1, N_ROUNDS + 1):
        batch = label(workspace, 1, Emotion.SAD, annotator="ada").batch
        assert sum(at_once(take_back, ["ada", "ben", "eve"])) == 1
        assert find_image(workspace, 1).label is Emotion.HAPPY
        assert len(history(workspace, dataset_id, limit=1000)) == 2 * n_done


def test_people_who_open_a_queue_at_once_get_different_faces(
    workspace: Workspace, add_faces: Callable[..., int], at_once: Callable[..., list[Any]]
):
    dataset_id = add_faces([(Split.TRAIN, Emotion.HAPPY, shade) for shade in range(60)])

    def open_queue(who: str) -> list[int]:
        spec, start = queues.QueueSpec(), {"after_id": None, "limit": 12}
        return queues.next_ids(workspace, dataset_id, spec, annotator=who, **start)

    shown = at_once(open_queue, ["ada", "ben", "eve", "kim"])
    assert sorted(image_id for faces in shown for image_id in faces) == list(range(1, 49))
