"""The heatmap of the Results page: what cells say and how they are coloured."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from core.services.baselines import Differences
from core.services.class_tables import ClassTable, Metric
from core.services.presenting import class_cells
from core.services.terms import JobStatus, Mask, ModelName, RunRow

NAN = float("nan")


def run_row(run_id: int, *, mask: Mask = Mask.NONE, seed: int = 0) -> RunRow:
    return RunRow(
        id=run_id, job_id=1, version="0123456789abcdef", version_id=1, dataset="faces",
        model=ModelName.FAST, mask=mask, seed=seed, config={}, provenance=None, test_split=None,
        seconds=None, status=JobStatus.DONE, created_at=datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def table() -> ClassTable:
    """One run beside an experiment of two seeds that covered the eyes; fear has no faces."""
    values = np.full((2, 8), 0.5)
    values[1, :] = 0.4
    values[:, 3] = NAN
    n = np.full((2, 8), 958.0)
    n[:, 2] = 11
    n[1, 5] = 7
    return ClassTable(
        rows=((run_row(3),), (run_row(4, mask=Mask.EYES), run_row(5, mask=Mask.EYES, seed=1))),
        metric=Metric.ACCURACY,
        values=values,
        low=values - 0.1,
        high=values + 0.1,
        spread=np.array([[NAN] * 8, [0.02] * 8]),
        n=n,
    )


def test_cells_show_per_cent_and_what_is_unknown_a_dash(table):
    drawn = class_cells.amounts(table, None)
    assert [cell.text for cell in drawn.cells[0]] == ["50.0"] * 3 + ["-"] + ["50.0"] * 4
    assert drawn.cells[0][3].fill == ""


def test_rows_are_experiments_with_their_runs_beside(table):
    rows = class_cells.amounts(table, None).rows
    assert rows == [("Fast, no mask", "#3"), ("Fast, eyes covered", "2 seeds, #4 ...")]


def test_columns_say_n_where_all_rows_share_it(table):
    columns = class_cells.amounts(table, None).columns
    assert columns[1] == ("Angry", "n 958")
    assert columns[5] == ("Neutral", "")


def test_pointing_at_a_cell_tells_interval_spread_and_too_few_faces(table):
    cells = class_cells.amounts(table, None).cells
    assert cells[0][1].hover == (
        "#3 Fast, no mask, angry: 50.0 % (95 % interval 40.0 to 60.0), n = 958"
    )
    assert cells[1][2].hover == (
        "Fast, eyes covered, 2 seeds, disgust: 40.0 % (95 % interval 30.0 to 50.0), "
        "seeds \N{PLUS-MINUS SIGN} 2.0, n = 11, too few for a statement"
    )


@pytest.fixture
def found(table) -> Differences:
    """The table less its first row, which was tested on other images."""
    values = table.values - table.values[0]
    return Differences(
        baseline=0, values=values, low=values - 0.05, high=values + 0.05,
        spread=np.array([[NAN] * 8, [0.02] * 8]), is_paired=(True, False), n_shared=(958, 300),
    )  # fmt: skip


def test_differences_are_in_points_with_interval_spread_and_n(table, found):
    drawn = class_cells.differences(table, replace(found, is_paired=(True, True)), None)
    assert [line[1].text for line in drawn.cells] == ["+0.0", "-10.0"]
    assert drawn.cells[1][1].hover == (
        "Fast, eyes covered, 2 seeds, angry: -10.0 points (40.0 less 50.0 %), "
        "95 % interval -15.0 to -5.0, paired by image, seeds \N{PLUS-MINUS SIGN} 2.0, n = 958"
    )
    assert drawn.cells[1][3].hover == "Fast, eyes covered, 2 seeds, fear: no figure"
    assert drawn.cells[0][1].hover.endswith("the row that others are compared with")


def test_rows_on_other_images_say_so_and_why_they_are_not_paired(table, found):
    drawn = class_cells.differences(table, found, None)
    assert drawn.rows == [
        ("Fast, no mask", "#3"),
        ("Fast, eyes covered", "2 seeds, #4 ..., other images"),
    ]
    assert ", not paired: 300 test images are the same, " in drawn.cells[1][1].hover
