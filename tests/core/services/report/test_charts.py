"""Where lines and bars lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.calibration import calibration
from core.services.datasets import Count
from core.services.report import charts
from core.services.terms import EMOTIONS, EpochRow, Split


def epoch(number: int, *, loss: float | None = 1.0, validation: float | None = 0.5) -> EpochRow:
    return EpochRow(
        run_id=1, number=number, train_loss=loss, train_accuracy=0.5, validation_loss=loss,
        validation_accuracy=validation, seconds=1.0,
    )  # fmt: skip


@given(st.floats(1e-6, 1e6))
def test_ticks_are_even_begin_at_0_and_reach_the_largest_value(most: float):
    ticks = charts.even_ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most * (1 - 1e-6)
    assert 3 <= len(ticks) <= 7
    assert np.allclose(np.diff(ticks), ticks[1])


def test_an_accuracy_of_one_is_at_the_top_and_of_none_at_the_bottom():
    chart = charts.accuracy_chart([epoch(1, validation=0.0), epoch(2, validation=1.0)])
    (_, low, _), (_, high, _) = chart.lines[1].dots
    assert (low, high) == (chart.bottom, chart.top)


def test_an_epoch_without_a_figure_has_no_dot():
    chart = charts.loss_chart([epoch(1), epoch(2, loss=None), epoch(3, loss=0.5)])
    assert [len(line.dots) for line in chart.lines] == [2, 2]
    held_out_nothing = charts.accuracy_chart([epoch(1, validation=None)])
    assert held_out_nothing.lines[1].points == ""


@pytest.mark.parametrize("n_epochs", [1, 3, 34, 300])
def test_epochs_have_a_few_ticks(n_epochs: int):
    chart = charts.loss_chart([epoch(k) for k in range(1, n_epochs + 1)])
    assert 1 <= len(chart.x_ticks) <= 6
    assert all(chart.left <= tick.at <= chart.right for tick in chart.x_ticks)


def test_bins_of_a_calibration_curve_lie_at_confidence_and_accuracy():
    shares = np.full((4, 7), 0.02)
    shares[:, 0] = 0.88
    chart = charts.calibration_chart(calibration(shares, np.array([0, 0, 0, 1])))
    ((x, y, _),) = chart.lines[1].dots
    width, height = chart.right - chart.left, chart.bottom - chart.top
    assert x == pytest.approx(chart.left + 0.88 * width, abs=0.1)
    assert y == pytest.approx(chart.bottom - 0.75 * height, abs=0.1)


def test_bars_are_as_long_as_their_counts_over_all_splits():
    counts = [
        Count(split=split, emotion=emotion, original=10 + k, current=k)
        for split in (Split.TRAIN, Split.TEST)
        for k, emotion in enumerate(EMOTIONS)
    ]
    bars = charts.count_bars(counts)
    assert [(bar.before, bar.after) for bar in bars][6] == ("32", "12")
    longest = charts.BAR_WIDTH - charts.BAR_LEFT - charts.BAR_RIGHT
    assert bars[6].before_px == pytest.approx(longest)
    assert bars[6].after_px == pytest.approx(longest * 12 / 32, abs=0.1)
