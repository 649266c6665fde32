from collections.abc import Callable

import numpy as np
import pytest

from core.services import experiments, outcomes, results
from core.workspace import Workspace
from db.enums import Mask

Feelingit = Callable


@pytest.fixture
def run_id(workspace: Workspace, fill: Callable[..., None]) -> int:
    """A run with maps, tested on whole faces only."""
    fill(workspace)
    return min(run.id for run in experiments.runs(workspace))


def test_a_run_that_was_not_tested_under_masks_says_how_to(feelingit: Feelingit, run_id: int):
    done = feelingit("covering", run_id)
    assert (done.status, f"feelingit evaluate {run_id} --mask eyes" in done.err) == (1, True)


def test_losses_stand_beside_shares_under_the_mask(
    feelingit: Feelingit, workspace: Workspace, run_id: int
):
    rows = results.predictions(workspace, run_id)
    rolled = rows.assign(predicted=np.roll(rows["predicted"], 1), mask=Mask.EYES.value)
    outcomes.record_outcome(workspace, run_id, rolled)
    document = feelingit("covering", run_id, "--human", "du2014", "--json").document
    assert (document["run"], document["source"]) == (run_id, "du2014")
    assert {one["mask"] for one in document["points"]} == {"eyes"}
    assert document["network"]["n"] == 7
    assert document["human"]["n"] == 6
    out = feelingit("covering", run_id).out
    for part in ("surprise", "recall lost", "Rank correlation with the share of area"):
        assert part in out
