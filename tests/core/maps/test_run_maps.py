from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from core.maps.run_maps import MAP_SIDE, RunMaps, read_run_maps, write_run_maps


def made(n: int) -> RunMaps:
    rng = np.random.default_rng(0)
    shape = (n, MAP_SIDE, MAP_SIDE)
    return RunMaps(
        image_ids=np.arange(n) + 7,
        labels=np.arange(n) % 7,
        predicted=rng.integers(0, 7, n),
        is_detected=rng.random(n) < 0.9,
        faces=rng.integers(0, 256, shape, dtype=np.uint8),
        maps=rng.random(shape).astype(np.float16),
        untrained=rng.random(shape).astype(np.float16),
        cells=np.array([6, 6]),
    )


def test_what_was_written_is_read(tmp_path: Path):
    kept = made(9)
    write_run_maps(tmp_path / "run" / "maps.npz", kept)
    read = read_run_maps(tmp_path / "run" / "maps.npz")
    assert len(read) == 9
    for field in fields(RunMaps):
        assert np.array_equal(getattr(read, field.name), getattr(kept, field.name))


def test_only_the_whole_file_is_left(tmp_path: Path):
    write_run_maps(tmp_path / "maps.npz", made(2))
    assert [path.name for path in tmp_path.iterdir()] == ["maps.npz"]


def test_maps_that_were_not_computed_are_no_file(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_run_maps(tmp_path / "maps.npz")
