"""The tests behind the rows of a table, and how far single images move a row's figures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.classification import N_CLASSES
from core.metrics.estimates import N_CELLS, N_COLUMNS
from core.services.answers import Answers, are_same_images
from db.rows import RunRow

Figures = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TestedRow:
    """The runs of one row, all tested on the same n images.

    Attributes:
        images: The first run's test.
        influence: float64, shape (8, n). Of each image on the mean figures of the runs.
    """

    __test__ = False  # not a test, whatever its name says to pytest

    images: Answers
    influence: Figures


def places_of(groups: Sequence[Sequence[RunRow]]) -> list[list[int]]:
    """Return the places of each group's runs where all of them stand in one line."""
    ends = np.cumsum([len(group) for group in groups])
    return [list(range(end - len(group), end)) for group, end in zip(groups, ends, strict=True)]


def confusions_of(tests: Sequence[Answers | None]) -> NDArray[np.int64]:
    """Return the confusion matrix of each test, int64, shape (n, 7, 7); zeros where untested."""
    counts = [
        np.zeros(N_CELLS, dtype=np.int64)
        if test is None
        else np.bincount(test.cells(), minlength=N_CELLS)
        for test in tests
    ]
    return np.array(counts, dtype=np.int64).reshape(len(tests), N_CLASSES, N_CLASSES)


def tested_row(
    tests: Sequence[Answers | None], moved: Figures, runs: Sequence[int]
) -> TestedRow | None:
    """Return a row's test; None if one of its runs was not tested, or not on the same images.

    Args:
        tests: Of all runs.
        moved: Of all runs, shape (n_runs, 8, 49), as `estimates.influences` returns them.
        runs: The row's places among them.
    """
    of_row = [test for test in (tests[run] for run in runs) if test is not None]
    if len(of_row) < len(runs) or not all(are_same_images(one, of_row[0]) for one in of_row):
        return None
    total = np.zeros((N_COLUMNS, len(of_row[0].labels)))
    for run, test in zip(runs, of_row, strict=True):
        total += moved[run][:, test.cells()]
    return TestedRow(of_row[0], total / len(runs))


def correlation(one: TestedRow, other: TestedRow) -> Figures:
    """Return how far the same images move both rows' figures together, shape (8,), -1..1."""
    together = (one.influence * other.influence).sum(axis=1)
    sizes = [np.square(row.influence).sum(axis=1) for row in (one, other)]
    size = np.sqrt(sizes[0] * sizes[1])
    found: Figures = np.divide(together, size, out=np.zeros(N_COLUMNS), where=size > 0)
    return np.clip(found, -1, 1)
