"""Train mask by test mask: what a network that learned without one part does without another."""

import numpy as np
import streamlit as st

from core.services import crossing
from core.services.crossing import Crossing
from core.services.slicing import ImageSlice
from core.services.terms import Mask, ModelName, Subset
from dashboard import state
from dashboard.components import heat_table
from dashboard.components.findings.choices import Choice
from dashboard.components.heat_table import Cell, HeatTable
from dashboard.components.scales import amount_colours
from dashboard.format import MASK_NAMES, MODEL_NAMES, number, percent

_KEY = "results_crossed"


def draw(choice: Choice) -> None:
    """Draw the accuracy of one model's runs by what was covered in training and in testing."""
    models = [model for model in ModelName if any(run.model is model for run in choice.runs)]
    model = st.segmented_control(
        "Network", models, default=models[0], required=True, key="results_crossed_model",
        format_func=lambda name: MODEL_NAMES[name],
    )  # fmt: skip
    subset = Subset.LEAK_FREE if choice.slice_name == ImageSlice.LEAK_FREE else Subset.FULL
    found = crossing.crossing(state.workspace(), choice.runs, ModelName(model), subset=subset)
    heat_table.draw(
        _table(found), key=_KEY, label="Accuracy by train mask and test mask", on_press=_ignore
    )
    st.caption(
        "Rows: covered in training. Columns: covered in testing. Per cent right of all test faces; "
        "point at a cell for its 95 % interval. A control covers as much as its mask, somewhere "
        "else: where both cost the same, it is how much is covered that hurts, not where."
    )
    _untested(found)


def _table(found: Crossing) -> HeatTable:
    cells = [
        [_cell(found, row, column) for column in range(len(found.test_masks))]
        for row in range(len(found.train_masks))
    ]
    return HeatTable(
        corner="Trained with",
        columns=[(MASK_NAMES[mask], "") for mask in found.test_masks],
        rows=[
            (MASK_NAMES[mask], ", ".join(f"#{run.id}" for run in runs[:3]))
            for mask, runs in zip(found.train_masks, found.runs, strict=True)
        ],
        cells=cells,
    )


def _cell(found: Crossing, row: int, column: int) -> Cell:
    names = f"{_name(found.train_masks[row])} in training, {_name(found.test_masks[column])}"
    value = float(found.accuracy[row, column])
    if np.isnan(value):
        return Cell("-", f"{names} in testing: not tested")
    low, high = found.low[row, column], found.high[row, column]
    words = (
        f"{names} in testing: {percent(value)} (95 % interval {100 * low:.1f} to "
        f"{100 * high:.1f}), n = {number(round(float(found.n[row, column])))}"
    )
    return Cell(f"{100 * value:.1f}", words, *amount_colours(value))


def _name(mask: Mask) -> str:
    return MASK_NAMES[mask].lower()


def _untested(found: Crossing) -> None:
    """Say how cells are filled where runs were not tested with a mask."""
    n_missing = int(np.isnan(found.accuracy).sum())
    if n_missing or len(found.test_masks) < 2:
        run = found.runs[0][0].id
        st.caption(
            "To fill it, choose test masks when queueing runs, or test a finished run again, for "
            f"example `feelingit evaluate {run} --mask mouth --wait`."
        )


def _ignore() -> None:
    """Do nothing: a cell here has no faces of its own."""
