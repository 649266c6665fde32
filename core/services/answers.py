"""What runs said of their test images, kept small in memory: hundreds of runs in a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.configs import own_test_mask
from core.metrics.classification import N_CLASSES
from core.metrics.predictions import INDEX
from core.services.outcomes import PREDICTIONS_NAME
from core.workspace import Workspace
from db.enums import Mask
from db.rows import RunRow

MOST_RUNS = 1024  # 0.1 MB each with four masks: test images and labels are shared
_COLUMNS = ["image_id", "label", "predicted", "leak_free", "mask"]
_SHARED: WeakValueDictionary[tuple[str, int, int, bytes], NDArray[Any]] = WeakValueDictionary()


@dataclass(frozen=True, eq=False)
class Answers:
    """One run's test under one mask, n images in the order of the version.

    Attributes:
        image_ids: int64, shape (n,).
        labels: uint8, shape (n,). Index into `EMOTIONS`.
        said: uint8, shape (n,). Likewise, what was predicted.
        leak_free: bool, shape (n,). Whether training held no pixel twin.
    """

    image_ids: NDArray[np.int64]
    labels: NDArray[np.uint8]
    said: NDArray[np.uint8]
    leak_free: NDArray[np.bool_]

    def among(self, chosen: NDArray[np.bool_]) -> "Answers":
        """Return the answers on some of the images."""
        return Answers(
            self.image_ids[chosen], self.labels[chosen], self.said[chosen], self.leak_free[chosen]
        )

    def cells(self) -> NDArray[np.int64]:
        """Return label * 7 + prediction of each image, int64, shape (n,)."""
        return self.labels.astype(np.int64) * N_CLASSES + self.said


def answers_of(workspace: Workspace, run: RunRow, test_mask: Mask | None = None) -> Answers | None:
    """Return what a run said under a test mask, by default its own; None where it was not tested.

    Read once for each version of the run's file.
    """
    path = workspace.run_dir(run.id) / PREDICTIONS_NAME
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    mask = own_test_mask(run.mask) if test_mask is None else test_mask
    return _read(path, state.st_mtime_ns, state.st_size).get(mask)


def last_written(workspace: Workspace, run_ids: Sequence[int]) -> float:
    """Return when one of these runs was last tested, in seconds since 1970; 0 where never."""
    paths = [workspace.run_dir(run_id) / PREDICTIONS_NAME for run_id in run_ids]
    return max((path.stat().st_mtime for path in paths if path.exists()), default=0.0)


def are_same_images(one: Answers, other: Answers) -> bool:
    """Return whether two tests are of the same images with the same labels in the same order."""
    return all(
        first is second or np.array_equal(first, second)
        for first, second in ((one.image_ids, other.image_ids), (one.labels, other.labels))
    )


@lru_cache(maxsize=MOST_RUNS)
def _read(path: Path, _changed_ns: int, _size: int) -> dict[Mask, Answers]:
    """Return the answers in a file of predictions by mask; the arguments tell files apart."""
    file = pq.ParquetFile(path, memory_map=True, read_dictionary=["label", "predicted", "mask"])
    with file:
        table = file.read(columns=_COLUMNS, use_threads=False).unify_dictionaries()
    table = table.combine_chunks()
    image_ids = table["image_id"].to_numpy()
    leak_free = table["leak_free"].to_numpy()
    labels, said = (_indices(table[name], INDEX) for name in ("label", "predicted"))
    masks = _indices(table["mask"], {mask.value: k for k, mask in enumerate(Mask)})
    found = {}
    for k in np.flatnonzero(np.bincount(masks)):
        chosen = masks == k
        found[list(Mask)[k]] = Answers(
            image_ids=_shared(image_ids[chosen]),
            labels=_shared(labels[chosen]),
            said=said[chosen],
            leak_free=_shared(leak_free[chosen]),
        )
    return found


def _indices(column: pa.ChunkedArray, places: dict[str, int]) -> NDArray[np.uint8]:
    """Return the place of each text of a column, uint8."""
    if not column.num_chunks:
        return np.zeros(0, dtype=np.uint8)
    coded = column.chunk(0)
    own = np.array([places[name] for name in coded.dictionary.to_pylist()], dtype=np.uint8)
    return np.asarray(own[coded.indices.to_numpy()], dtype=np.uint8)


def _shared(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array in memory that has this content, this one where it is the first."""
    array.setflags(write=False)
    key = (array.dtype.str, len(array), int(array.sum()), array[:8].tobytes())
    known = _SHARED.setdefault(key, array)
    return known if np.array_equal(known, array) else array
