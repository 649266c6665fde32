"""Train mask by test mask: what a network that learned without one part does without another."""

import numpy as np
import streamlit as st

from core.services import crossing
from core.services.crossing import Crossing
from core.services.presenting.crossed_cells import crossed_table
from core.services.slicing import ImageSlice
from core.services.terms import ModelName, Subset
from dashboard import state
from dashboard.components import heat_table
from dashboard.components.findings.choices import Choice
from dashboard.format import MODEL_NAMES

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
        crossed_table(found),
        key=_KEY,
        label="Accuracy by train mask and test mask",
        on_press=_ignore,
    )
    st.caption(
        "Rows: covered in training. Columns: covered in testing. Per cent right of all test faces; "
        "point at a cell for its 95 % interval. A control covers as much as its mask, somewhere "
        "else: where both cost the same, it is how much is covered that hurts, not where."
    )
    _untested(found)


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
