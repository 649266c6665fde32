import numpy as np
import pytest

from core.services.crossing import Crossing
from core.services.presenting.crossed_cells import beyond_table, crossed_table
from core.services.terms import Mask

NAN = float("nan")


@pytest.fixture
def found() -> Crossing:
    """One experiment without runs' rows, tested uncovered, with the mouth and its control."""
    accuracy = np.array([[0.8, 0.4, 0.7]])
    beyond = np.array([[NAN, -0.3, NAN]])
    return Crossing(
        train_masks=(Mask.NONE,), test_masks=(Mask.NONE, Mask.MOUTH, Mask.CTL_MOUTH),
        accuracy=accuracy, low=accuracy - 0.05, high=accuracy + 0.05,
        n=np.array([[3589.0, 3589.0, 20.0]]), beyond=beyond, beyond_low=beyond - 0.02,
        beyond_high=beyond + 0.02, runs=((),),
    )  # fmt: skip


def test_cells_are_accuracies_and_say_what_a_control_leaves_of_them(found):
    drawn = crossed_table(found)
    assert [cell.text for cell in drawn.cells[0]] == ["80.0", "40.0", "70.0"]
    assert drawn.cells[0][1].hover == (
        "no mask in training, nose and mouth in testing: 40.0 % (95 % interval 35.0 to 45.0), "
        "n = 3,589; -30.0 points to as much covered elsewhere "
        "(95 % interval -32.0 to -28.0, paired by image)"
    )
    assert drawn.cells[0][2].hover.endswith("n = 20, too few for a statement")


def test_the_other_view_has_what_is_lost_beyond_the_control(found):
    cells = beyond_table(found, (0, 1)).cells[0]
    assert [cell.text for cell in cells] == ["-", "-30.0", "-"]
    assert "no control" in cells[0].hover
    assert cells[1].fill
