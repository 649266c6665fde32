"""What each row of a table has more or less than a baseline row, with intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics import estimates
from core.metrics.estimates import N_COLUMNS, Estimates
from core.services.answers import are_same_images
from core.services.class_tables import ClassTable
from core.services.slicing import ImageSlice, answers_in
from core.services.tested_rows import (
    TestedRow,
    confusions_of,
    correlation,
    places_of,
    tested_row,
)
from core.workspace import Workspace
from db.enums import Mask

Figures = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What each row of a table has more or less than a baseline row.

    Attributes:
        baseline: Place of the baseline row.
        values: float64, shape (n_rows, 8), -1..1.
        low: float64, the same shape. Lower end of the 95 % interval over images; NaN in the
            baseline's own row.
        high: float64, the same shape. Upper end.
        spread: float64, the same shape. Standard deviation of the difference between one seed of a
            row and one of the baseline, drawn independently; NaN where both have one seed.
        is_paired: Whether a row was tested on the baseline's images with the same labels; its
            intervals are paired then, otherwise they are those of independent images.
        n_shared: Test images that a row shares with the baseline.
    """

    baseline: int
    values: Figures
    low: Figures
    high: Figures
    spread: Figures
    is_paired: tuple[bool, ...]
    n_shared: tuple[int, ...]


def less_baseline(
    workspace: Workspace,
    table: ClassTable,
    baseline: int,
    *,
    slice_name: str = ImageSlice.ALL,
    test_mask: Mask | None = None,
) -> Differences:
    """Return each row's figures less those of a baseline row, with intervals paired by image.

    Args:
        workspace: Where the runs are.
        table: As `class_table` returned it; not of support.
        baseline: The row to compare with.
        slice_name: The table's.
        test_mask: The table's.
    """
    runs = [run for row in table.rows for run in row]
    tests = answers_in(workspace, runs, slice_name, test_mask)
    moved = estimates.influences(confusions_of(tests), table.metric)
    of_rows = places_of(table.rows)
    base = tested_row(tests, moved, of_rows[baseline])
    against = [_against(tested_row(tests, moved, places), base) for places in of_rows]
    low, high = estimates.difference_interval(
        Estimates(table.values, table.low, table.high),
        Estimates(*(part[[baseline]] for part in (table.values, table.low, table.high))),
        np.array([together for together, _, _ in against]),
    )
    low[baseline] = high[baseline] = np.nan
    return Differences(
        baseline=baseline,
        values=table.values - table.values[baseline],
        low=low,
        high=high,
        spread=_joint_spread(table.spread, table.spread[[baseline]]),
        is_paired=tuple(is_paired for _, is_paired, _ in against),
        n_shared=tuple(n_shared for _, _, n_shared in against),
    )


def _against(row: TestedRow | None, base: TestedRow | None) -> tuple[Figures, bool, int]:
    """Return a row's correlation with the baseline, whether it is paired, how many images both."""
    if row is None or base is None:
        return np.zeros(N_COLUMNS), False, 0
    if are_same_images(row.images, base.images):
        return correlation(row, base), True, len(base.images.image_ids)
    shared = np.intersect1d(row.images.image_ids, base.images.image_ids)
    return np.zeros(N_COLUMNS), False, len(shared)


def _joint_spread(spread: Figures, of_base: Figures) -> Figures:
    joint = np.hypot(np.nan_to_num(spread), np.nan_to_num(of_base))
    return np.where(np.isnan(spread) & np.isnan(of_base), np.nan, joint)
