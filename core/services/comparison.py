"""Honest comparison of runs: the same images, paired intervals and tests, corrected together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import NotComparableError
from core.metrics.classification import Scores, score
from core.metrics.comparison import PairedComparison, compare_all
from core.metrics.predictions import INDEX
from core.services.experiments import find_run
from core.services.results import predictions
from core.services.slicing import ImageSlice, slice_members
from core.workspace import Workspace
from db.enums import Mask
from db.rows import RunRow

MOST_RUNS = 6


@dataclass(frozen=True, kw_only=True)
class RunComparison:
    """Runs beside each other on the same n test images.

    Attributes:
        runs: In the order asked for.
        slice_name: Which of the test images.
        test_mask: What was covered in testing; None for each run's own mask.
        n: Images.
        scores: Of each run.
        pairs: Every two runs; `first` and `second` are places in `runs`.
        disagreements: int64, ids of the images on which the runs do not all say the same.
    """

    runs: tuple[RunRow, ...]
    slice_name: str
    test_mask: Mask | None
    n: int
    scores: tuple[Scores, ...]
    pairs: tuple[PairedComparison, ...]
    disagreements: NDArray[np.int64]


def compare(
    workspace: Workspace,
    run_ids: Sequence[int],
    *,
    slice_name: str = ImageSlice.ALL,
    test_mask: Mask | None = None,
) -> RunComparison:
    """Compare two to six runs on the test images they share entirely.

    Args:
        workspace: Where the runs are.
        run_ids: The runs, each once.
        slice_name: A slice of the first run's test images, as `slicing.slice_members` names it.
        test_mask: The test mask of all; each run's own where None.

    Raises:
        UnknownRunError: If one of the runs does not exist.
        NotReadyError: If one has no predictions under the mask.
        NotComparableError: If the runs are too few, too many, or were tested on other images or
            labels; if there is no such slice or no image in it.
    """
    _require_several(run_ids)
    tables = [predictions(workspace, run_id, test_mask=test_mask) for run_id in run_ids]
    for run_id, table in zip(run_ids[1:], tables[1:], strict=True):
        _require_same_images((run_ids[0], tables[0]), (run_id, table))
    chosen = _members(workspace, run_ids[0], slice_name, test_mask)
    labels, *said = (
        _classes(table[column])[chosen]
        for table, column in [(tables[0], "label"), *((table, "predicted") for table in tables)]
    )
    differs = np.any([one != said[0] for one in said[1:]], axis=0)
    return RunComparison(
        runs=tuple(find_run(workspace, run_id) for run_id in run_ids),
        slice_name=slice_name,
        test_mask=test_mask,
        n=len(labels),
        scores=tuple(score(labels, one) for one in said),
        pairs=tuple(compare_all(labels, said)),
        disagreements=tables[0]["image_id"].to_numpy()[chosen][differs],
    )


def configuration_differences(runs: Sequence[RunRow]) -> pd.DataFrame:
    """Return the settings in which runs differ: a row each, a column for each run id, as text."""
    settings = {run.id: {"version": run.version} | run.config for run in runs}
    names = sorted(set().union(*settings.values()))
    lines = {
        name: [str(settings[run.id].get(name, "")) for run in runs]
        for name in names
        if len({str(settings[run.id].get(name, "")) for run in runs}) > 1
    }
    return pd.DataFrame.from_dict(lines, orient="index", columns=[run.id for run in runs])


def _require_several(run_ids: Sequence[int]) -> None:
    """Refuse fewer than two runs, more than six, and a run given twice."""
    if not 2 <= len(set(run_ids)) == len(run_ids) <= MOST_RUNS:
        raise NotComparableError(
            f"{len(set(run_ids))} different runs were given; choose 2 to {MOST_RUNS}, each once."
        )


def _members(
    workspace: Workspace, run_id: int, slice_name: str, test_mask: Mask | None
) -> NDArray[np.bool_]:
    slices = slice_members(workspace, run_id, test_mask=test_mask)
    if slice_name not in slices:
        raise NotComparableError(
            f"There is no slice {slice_name!r} of run {run_id}; it has {', '.join(slices)}."
        )
    if not slices[slice_name].any():
        raise NotComparableError(
            f"No test image of run {run_id} is in the slice '{slice_name}'; choose another."
        )
    return slices[slice_name]


def _require_same_images(first: tuple[int, pd.DataFrame], other: tuple[int, pd.DataFrame]) -> None:
    """Refuse runs that were tested on different images, or on the same with other labels."""
    (first_id, one), (other_id, two) = first, other
    ids, other_ids = one["image_id"].to_numpy(), two["image_id"].to_numpy()
    n_shared = len(np.intersect1d(ids, other_ids))
    if not (len(ids) == len(other_ids) == n_shared):
        raise NotComparableError(
            f"Run {first_id} was tested on {len(ids):,} images and run {other_id} on "
            f"{len(other_ids):,}, of which {n_shared:,} are the same; compare runs on one version "
            "and split."
        )
    if not np.array_equal(ids, other_ids) or not one["label"].equals(two["label"]):
        n_changed = int((one["label"].to_numpy() != two["label"].to_numpy()).sum())
        raise NotComparableError(
            f"Runs {first_id} and {other_id} were tested with other labels on {n_changed:,} of "
            "their images; compare runs on one version."
        )


def _classes(names: "pd.Series[str]") -> NDArray[np.int64]:
    """Return emotions' names as int64 indices into `EMOTIONS`."""
    return np.array([INDEX[name] for name in names], dtype=np.int64)
