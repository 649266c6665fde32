"""Trials of the tile task are kept with the run and set beside people's tiles."""

import numpy as np
import pytest

from core.errors import NotReadyError, UnknownRunError
from core.maps.measured import tile_weights
from core.maps.tile_trials import RunTiles
from core.services import experiments
from core.services.tiles import record_run_tiles, run_tiles, tile_results
from db.enums import EMOTIONS, Emotion, JobStatus


@pytest.fixture
def run_id(workspace, fill):
    fill(workspace)
    return min(run.id for run in experiments.runs(workspace) if run.status is JobStatus.DONE)


@pytest.fixture
def tiles():
    """Two images of each emotion; happy ones need people's tiles, sad ones were never right."""
    labels = np.arange(14) % 7
    people = tile_weights()
    weights = np.stack([people[EMOTIONS[label]] for label in labels]).astype(np.float32)
    weights = 0.3 + 0.3 * weights  # another unit, the same order
    n_counted = np.where(labels == EMOTIONS.index(Emotion.SAD), 0, 3)
    weights[n_counted == 0] = 0
    return RunTiles(
        image_ids=np.arange(14),
        labels=labels,
        n_trials=np.array(4),
        weights=weights,
        n_counted=n_counted,
        untrained_weights=0 * weights,
        untrained_n_counted=0 * n_counted,
    )


def test_tiles_are_told_to_be_missing_until_they_are_there(workspace, run_id, tiles):
    with pytest.raises(NotReadyError, match=f"feelingit saliency {run_id} --method tiles"):
        run_tiles(workspace, run_id)
    with pytest.raises(UnknownRunError):
        run_tiles(workspace, 999)
    record_run_tiles(workspace, run_id, tiles)
    np.testing.assert_array_equal(run_tiles(workspace, run_id).weights, tiles.weights)


def test_tiles_like_peoples_correlate_with_them_whatever_their_unit(workspace, run_id, tiles):
    record_run_tiles(workspace, run_id, tiles)
    found = {entry.emotion: entry for entry in tile_results(workspace, run_id)}
    assert list(found) == list(EMOTIONS)
    happy, sad = found[Emotion.HAPPY], found[Emotion.SAD]
    assert happy.correlation == pytest.approx(1)
    assert (happy.n_images, happy.n_trials, happy.n_counted) == (2, 8, 6)
    assert (sad.correlation, sad.n_counted, sad.n_trials) == (None, 0, 8)
    assert happy.untrained is None
