"""Runs trained with one part covered, tested with another: what each network can do without."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.configs import own_test_mask
from core.images.masks.families import CONTROL_PREFIX, CONTROLS, subject
from core.metrics import estimates
from core.metrics.estimates import Estimates, Metric
from core.services.answers import Answers, are_same_images
from core.services.seeds import by_experiment
from core.services.slicing import ImageSlice, answers_in
from core.services.tested_rows import (
    TestedRow,
    confusions_of,
    correlation,
    places_of,
    tested_row,
)
from core.workspace import Workspace
from db.enums import Mask, ModelName
from db.repositories import results as stored
from db.rows import RunRow

Figures = NDArray[np.float64]
_NOTHING = (float("nan"),) * 4


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """Accuracy of one network by what was covered in training (row) and in testing (column).

    Attributes:
        train_masks: Of the rows: experiments, in the order of `Mask`, then of their runs.
        test_masks: Of the columns, each followed by its control.
        accuracy: float64, shape (n_rows, n_columns), 0..1; the mean over seeds, NaN where one of
            them was not tested.
        low: float64, the same shape. Lower end of the 95 % interval over images.
        high: float64, the same shape. Upper end.
        n: float64, the same shape. Test images of a run.
        beyond: float64, the same shape, -1..1. Accuracy less that under the control of the column's
            mask, which covers as much elsewhere: what is lost (below 0) by where it is covered. NaN
            where there is no control or either was not tested.
        beyond_low: float64, the same shape. Lower end of its 95 % interval, paired by image.
        beyond_high: float64, the same shape. Upper end.
        runs: The runs behind each row: the seeds of an experiment.
    """

    train_masks: tuple[Mask, ...]
    test_masks: tuple[Mask, ...]
    accuracy: Figures
    low: Figures
    high: Figures
    n: Figures
    beyond: Figures
    beyond_low: Figures
    beyond_high: Figures
    runs: tuple[tuple[RunRow, ...], ...]


@dataclass(frozen=True)
class _Test:
    """A row under one mask: accuracy with its interval, n, and how images move it."""

    estimate: Estimates
    n: int
    row: TestedRow


def crossing(
    workspace: Workspace,
    runs: Sequence[RunRow],
    model: ModelName,
    *,
    slice_name: str = ImageSlice.ALL,
    is_whole: bool = False,
) -> Crossing:
    """Return what the runs of a model do under masks, those of one experiment together.

    Args:
        workspace: Where the runs are.
        runs: Of any models.
        model: Whose.
        slice_name: Which test images, as `slicing.slice_members` names them.
        is_whole: Whether columns are all masks of the rows and their controls, also those that
            nothing was tested with yet; else only masks that something was.
    """
    groups = sorted(
        by_experiment([run for run in runs if run.model is model]),
        key=lambda group: (list(Mask).index(group[0].mask), group[0].id),
    )
    tested = masks_tested(workspace, [run.id for group in groups for run in group])
    masks = _columns([*tested, *(group[0].mask for group in groups)]) if is_whole else tested
    tests = {mask: _answers(workspace, groups, slice_name, mask) for mask in masks}
    found = [{mask: _test(tests[mask][place]) for mask in masks} for place in range(len(groups))]
    return _matrix(groups, masks, found)


def masks_tested(workspace: Workspace, run_ids: Sequence[int]) -> list[Mask]:
    """Return the masks that any of the runs was tested with, each followed by its control."""
    with workspace.reading() as session:
        return _in_order(stored.test_masks(session, run_ids))


def missing(workspace: Workspace, found: Crossing) -> dict[int, list[Mask]]:
    """Return, by run, the masks of a matrix's columns that its run was not tested with."""
    ids = [run.id for group in found.runs for run in group]
    with workspace.reading() as session:
        rows = stored.overall(session, ids)
    done = {(row.run_id, row.test_mask) for row in rows}
    lacking = {
        run_id: [mask for mask in found.test_masks if (run_id, mask) not in done] for run_id in ids
    }
    return {run_id: masks for run_id, masks in lacking.items() if masks}


def _matrix(
    groups: Sequence[tuple[RunRow, ...]],
    masks: Sequence[Mask],
    found: Sequence[Mapping[Mask, _Test | None]],
) -> Crossing:
    shape = (len(groups), len(masks), 4)
    own = np.array([[_figures(one) for one in of.values()] for of in found]).reshape(shape)
    beyond = np.array([[_beyond(of, mask) for mask in masks] for of in found]).reshape(shape)
    return Crossing(
        train_masks=tuple(group[0].mask for group in groups),
        test_masks=tuple(masks),
        accuracy=own[..., 0],
        low=own[..., 1],
        high=own[..., 2],
        n=own[..., 3],
        beyond=beyond[..., 0],
        beyond_low=beyond[..., 1],
        beyond_high=beyond[..., 2],
        runs=tuple(groups),
    )


def _columns(masks: Iterable[Mask]) -> list[Mask]:
    """Return masks with what they control and what controls them."""
    subjects = {subject(own_test_mask(mask)) for mask in masks}
    return _in_order(subjects | {one for one in CONTROLS if subject(one) in subjects})


def _in_order(masks: Iterable[Mask]) -> list[Mask]:
    places = list(Mask)
    return sorted(set(masks), key=lambda mask: (places.index(subject(mask)), places.index(mask)))


def _answers(
    workspace: Workspace, groups: Sequence[tuple[RunRow, ...]], slice_name: str, mask: Mask
) -> list[list[Answers | None]]:
    """Return what the runs of each group said under a mask."""
    runs = [run for group in groups for run in group]
    found = answers_in(workspace, runs, slice_name, mask)
    return [[found[place] for place in places] for places in places_of(groups)]


def _test(tests: Sequence[Answers | None]) -> _Test | None:
    """Return the mean accuracy of runs; None where one was not tested, or on no image at all."""
    confusions = confusions_of(tests)
    row = tested_row(tests, estimates.influences(confusions, Metric.ACCURACY), range(len(tests)))
    if row is None or not len(row.images.labels):
        return None
    values = estimates.values(confusions, Metric.ACCURACY).mean(axis=0)
    n = len(row.images.labels)
    variances = np.square(row.influence).mean(axis=1) / n
    behind = estimates.images_behind(confusions, Metric.ACCURACY).mean(axis=0)
    ends = estimates.intervals(values, variances, behind, Metric.ACCURACY)
    return _Test(Estimates(values, *ends), n, row)


def _figures(test: _Test | None) -> tuple[float, ...]:
    """Return accuracy over all emotions, both ends of its interval, and n."""
    if test is None:
        return _NOTHING
    one = test.estimate
    return float(one.values[0]), float(one.low[0]), float(one.high[0]), float(test.n)


def _beyond(tests: Mapping[Mask, _Test | None], mask: Mask) -> tuple[float, ...]:
    """Return accuracy less that under the mask's control, both ends of its interval, and n."""
    name = f"{CONTROL_PREFIX}{mask.value}"
    control = tests.get(Mask(name)) if name in set(Mask) else None
    test = tests[mask]
    if test is None or control is None or not are_same_images(test.row.images, control.row.images):
        return _NOTHING
    together = correlation(test.row, control.row)
    low, high = estimates.difference_interval(test.estimate, control.estimate, together)
    lost = test.estimate.values[0] - control.estimate.values[0]
    return float(lost), float(low[0]), float(high[0]), float(test.n)
