from dataclasses import fields

import numpy as np
import pytest

from core.maps.tile_trials import RunTiles, TileTrials, read_run_tiles, weights_of, write_run_tiles

RNG = np.random.default_rng(0)


def opened(*tiles):
    """A mask with these tiles open, as (row, column)."""
    mask = np.zeros((8, 6), dtype=bool)
    for tile in tiles:
        mask[tile] = True
    return mask


def test_each_open_tile_of_a_right_trial_has_one_less_a_16th_for_every_open_tile():
    found = weights_of(opened((2, 1), (5, 3))[None, None], np.array([[2]]), np.array([[True]]))
    assert found.weights[0, 2, 1] == found.weights[0, 5, 3] == pytest.approx(1 - 2 / 16)
    assert found.weights.sum() == pytest.approx(2 * (1 - 2 / 16))
    assert found.n_counted.tolist() == [1]


def test_the_weight_is_the_mean_over_right_trials_with_0_where_a_tile_was_closed():
    is_open = np.stack([opened((0, 0)), opened((0, 0), (1, 1), (2, 2), (3, 3)), opened((4, 4))])
    found = weights_of(is_open[None], np.array([[1, 4, 1]]), np.array([[True, True, False]]))
    assert found.weights[0, 0, 0] == pytest.approx((15 / 16 + 12 / 16) / 2)
    assert found.weights[0, 1, 1] == pytest.approx((12 / 16) / 2)
    assert found.weights[0, 4, 4] == 0  # a wrong trial is left out
    assert found.n_counted.tolist() == [2]


def test_trials_with_more_than_16_open_tiles_are_left_out_and_16_count_as_nothing():
    is_open = np.ones((1, 2, 8, 6), dtype=bool)
    found = weights_of(is_open, np.array([[16, 17]]), np.array([[True, True]]))
    assert found.n_counted.tolist() == [1]
    assert found.weights.max() == 0


def test_an_image_that_was_never_right_has_an_empty_map():
    is_open = np.ones((1, 3, 8, 6), dtype=bool)
    found = weights_of(is_open, np.array([[1, 2, 3]]), np.zeros((1, 3), dtype=bool))
    assert (found.weights.max(), found.n_counted[0]) == (0, 0)


def test_the_mean_over_images_is_the_mean_over_all_their_counted_trials():
    is_open = RNG.random((5, 4, 8, 6)) < 0.2
    n_open, is_right = is_open.sum(axis=(2, 3)), RNG.random((5, 4)) < 0.7
    together = weights_of(
        is_open.reshape(1, 20, 8, 6), n_open.ravel()[None], is_right.ravel()[None]
    )
    found = weights_of(is_open, n_open, is_right).mean(np.ones(5, dtype=bool))
    np.testing.assert_allclose(found, together.weights[0], rtol=1e-5)


def test_the_mean_over_no_trial_is_empty():
    trials = TileTrials(weights=np.zeros((2, 8, 6), np.float32), n_counted=np.zeros(2, np.int64))
    assert trials.mean(np.array([True, False])).max() == 0
    assert trials.mean(np.array([False, False])).max() == 0


def test_what_was_written_is_read_and_nothing_else_is_left(tmp_path):
    weights = RNG.random((2, 8, 6)).astype(np.float32)
    kept = RunTiles(
        image_ids=np.array([4, 9]),
        labels=np.array([0, 6]),
        n_trials=np.array(4),
        weights=weights,
        n_counted=np.array([3, 0]),
        untrained_weights=0 * weights,
        untrained_n_counted=np.array([0, 0]),
    )
    write_run_tiles(tmp_path / "run" / "tiles.npz", kept)
    read = read_run_tiles(tmp_path / "run" / "tiles.npz")
    for field in fields(RunTiles):
        assert np.array_equal(getattr(read, field.name), getattr(kept, field.name))
    assert read.trained.n_counted.tolist() == [3, 0]
    assert read.untrained.weights.max() == 0
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["tiles.npz"]
    with pytest.raises(FileNotFoundError):
        read_run_tiles(tmp_path / "other.npz")
