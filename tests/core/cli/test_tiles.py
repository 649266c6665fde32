"""`feelingit tiles`: the tiles that a run needs, beside those that people need."""

import numpy as np
import pytest

from core.cli import saliency as command
from core.maps.tile_trials import RunTiles
from core.services import experiments, jobs
from core.services.tiles import record_run_tiles
from db.enums import JobKind, JobStatus


@pytest.fixture
def run_id(workspace, fill):
    fill(workspace)
    return min(run.id for run in experiments.runs(workspace) if run.status is JobStatus.DONE)


@pytest.fixture
def played(workspace, run_id):
    rng = np.random.default_rng(0)
    n_counted = np.array([2, 2, 2, 2, 2, 0, 2])
    weights = rng.random((7, 8, 6)).astype(np.float32) * (n_counted > 0)[:, None, None]
    tiles = RunTiles(
        image_ids=np.arange(7),
        labels=np.arange(7),
        n_trials=np.array(4),
        weights=weights,
        n_counted=n_counted,
        untrained_weights=0 * weights,
        untrained_n_counted=0 * n_counted,
    )
    record_run_tiles(workspace, run_id, tiles)
    return run_id


def test_a_person_reads_how_often_it_was_right_and_how_alike_its_tiles_are(feelingit, played):
    done = feelingit("tiles", played)
    assert done.status == 0
    assert "50.00%" in done.out
    assert "Wegrzyn" in done.out


def test_a_program_reads_the_weights_of_all_tiles(feelingit, played):
    document = feelingit("tiles", played, "--json").document
    happy, sad = document["emotions"]["happy"], document["emotions"]["sad"]
    assert np.array(happy["weights"]).shape == np.array(happy["people"]).shape == (8, 6)
    assert (happy["n_trials"], happy["n_counted"], happy["counted_share"]) == (4, 2, 0.5)
    assert -1 <= happy["correlation"] <= 1
    assert (sad["correlation"], sad["untrained"]) == (None, None)


def test_a_run_without_trials_plays_them_first(feelingit, workspace, run_id, monkeypatch):
    asked = []

    def stop(workspace, job_id, what):
        asked.append(jobs.find_job(workspace, job_id))
        return jobs.request_cancel(workspace, job_id)

    monkeypatch.setattr(command, "wait_for_job", stop)
    done = feelingit("tiles", run_id)
    assert done.status == 1
    assert done.err.count("\n") == 1
    assert (asked[0].kind, asked[0].payload["method"]) == (JobKind.SALIENCY, "tiles")
