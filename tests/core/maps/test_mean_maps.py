import numpy as np
import pytest

from core.maps.mean_maps import MeanMaps, read_mean_maps, write_mean_maps


@pytest.fixture
def means() -> MeanMaps:
    rng = np.random.default_rng(0)
    return MeanMaps(
        mean_faces=rng.random((7, 8, 8), dtype=np.float32),
        mean_maps=rng.random((7, 8, 8), dtype=np.float32),
        n=np.arange(7),
        n_empty=np.ones(7, dtype=np.int64),
        cells=np.array([6, 6]),
    )


def test_what_is_written_is_read_back(means, tmp_path):
    path = tmp_path / "runs" / "1" / "saliency-grad_cam.npz"
    write_mean_maps(path, means)
    found = read_mean_maps(path)
    for name in ("mean_faces", "mean_maps", "n", "n_empty", "cells"):
        np.testing.assert_array_equal(getattr(found, name), getattr(means, name))
        assert getattr(found, name).dtype == getattr(means, name).dtype


def test_the_file_needs_no_pickle_and_names_the_emotions(means, tmp_path):
    path = tmp_path / "maps.npz"
    write_mean_maps(path, means)
    with np.load(path, allow_pickle=False) as stored:
        assert list(stored["emotions"])[:2] == ["angry", "disgust"]
    assert [found.name for found in tmp_path.iterdir()] == ["maps.npz"]


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_mean_maps(tmp_path / "maps.npz")
