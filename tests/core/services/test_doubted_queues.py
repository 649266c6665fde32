"""Queues of the test images that a run takes for something else."""

from collections.abc import Callable

import numpy as np
import pytest

from core.errors import NotReadyError
from core.services import outcomes, queues, results
from core.services.experiments import runs
from core.services.queues import SETTLED_SLICES, QueueKind, QueueSpec
from core.services.slicing import slice_members
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Mask


@pytest.fixture
def run(workspace: Workspace, fill: Callable[..., None]) -> int:
    """A finished run on 28 test images, tested as it was trained: with whole faces."""
    fill(workspace)
    return min(run.id for run in runs(workspace))


def doubts(run: int, **more: object) -> QueueSpec:
    return QueueSpec(kind=QueueKind.MODEL_DISAGREES, run=run, **more)


def test_the_surest_come_first(workspace: Workspace, run: int):
    rows = results.predictions(workspace, run)
    rows = rows[rows["label"] != rows["predicted"]]
    found = queues.page(workspace, 1, doubts(run))
    chances = rows.filter(regex="^p_").max(axis=1)
    chances.index = rows["image_id"]
    assert sorted(found) == sorted(rows["image_id"])
    assert list(chances[found]) == sorted(chances, reverse=True)
    first = rows[rows["image_id"] == found[0]].iloc[0]
    true, predicted = Emotion(first["label"]), Emotion(first["predicted"])
    cell = doubts(run, true=true, predicted=predicted)
    in_cell = rows[(rows["label"] == true.value) & (rows["predicted"] == predicted.value)]
    assert sorted(queues.page(workspace, 1, cell)) == sorted(in_cell["image_id"])


def test_slices_part_the_queue(workspace: Workspace, run: int):
    rows = results.predictions(workspace, run)
    is_wrong = (rows["label"] != rows["predicted"]).to_numpy()
    members = slice_members(workspace, run)
    every = queues.page(workspace, 1, doubts(run))
    parts = {
        name: queues.page(workspace, 1, doubts(run, slice_name=name)) for name in SETTLED_SLICES
    }
    for name, part in parts.items():
        assert sorted(part) == sorted(rows["image_id"][is_wrong & members[name]])
        assert part == [image_id for image_id in every if image_id in part]
    leak_free, leaked, relabeled, unchanged = (set(part) for part in parts.values())
    assert leak_free | leaked == relabeled | unchanged == set(every)
    assert not leak_free & leaked
    assert relabeled == set()


def test_another_test_mask_has_a_queue_of_its_own(workspace: Workspace, run: int):
    rows = results.predictions(workspace, run)
    covered = doubts(run, test_mask=Mask.EYES)
    with pytest.raises(NotReadyError, match="eyes"):
        queues.page(workspace, 1, covered)
    always_happy = np.tile(
        np.eye(7, dtype=np.float32)[EMOTIONS.index(Emotion.HAPPY)], (len(rows), 1)
    )
    labels = rows["label"].map(EMOTIONS.index).to_numpy()
    table = outcomes.prediction_table(
        rows["image_id"].to_numpy(), labels, always_happy,
        leak_free=rows["leak_free"].to_numpy(), mask=Mask.EYES,
    )  # fmt: skip
    outcomes.record_outcome(workspace, run, table, seconds=1)
    assert sorted(queues.page(workspace, 1, covered)) == sorted(
        rows["image_id"][rows["label"] != "happy"]
    )
