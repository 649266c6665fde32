"""Does a run that says 80 % get 80 % right: its reliability curve and calibration error."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.metrics.calibration import Calibration
from core.services import slice_figures
from core.services.slicing import is_too_small
from dashboard import state
from dashboard.components import figures
from dashboard.components.findings import choices
from dashboard.components.findings.choices import Choice
from dashboard.format import number, percent


def draw(choice: Choice) -> None:
    """Draw accuracy over confidence of one run."""
    run = choices.choose_run(choice.runs, key="results_run")
    found = slice_figures.calibration_of(
        state.workspace(), run.id, slice_name=choice.slice_name, test_mask=choice.test_mask
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        figures.show(curve(found), key="results_calibration", alt="Accuracy over confidence")
    with right:
        st.metric("Expected calibration error", percent(found.expected_error))
        st.metric("Largest error of a bin", percent(found.largest_error))
        n = int(found.n.sum())
        few = ": too few for a statement" if is_too_small(n) else ""
        st.caption(f"n = {number(n)}{few}")
        st.caption(
            "Confidence is the probability of the predicted emotion. On the dashed line a network "
            "is right as often as it says; below it, it is too sure. The expected error is the "
            "mean distance to the line, bins weighted by their faces (Guo et al. 2017, 15 bins)."
        )


def curve(found: Calibration) -> go.Figure:
    """Return the reliability curve: a dot for each bin with faces, larger for more of them."""
    colours = figures.palette()
    seen = found.n > 0
    figure = go.Figure(
        [
            go.Scatter(
                x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip",
                line={"dash": "dash", "color": colours.muted, "width": 1},
            ),
            go.Scatter(
                x=found.confidence[seen], y=found.accuracy[seen], mode="lines+markers",
                line={"color": colours.accent, "width": 2},
                marker={"size": 6 + 14 * np.sqrt(found.n[seen] / found.n.max())},
                customdata=[number(int(n)) for n in found.n[seen]],
                hovertemplate="says %{x:.0%}, is right %{y:.0%}, n = %{customdata}<extra></extra>",
            ),
        ]
    )  # fmt: skip
    figures.dress(figure, height=360, margin=(56, 24, 12, 48)).update_layout(showlegend=False)
    figure.update_xaxes(title="Confidence (probability of the prediction)", range=[0, 1])
    figure.update_yaxes(title="Accuracy (share right)", range=[0, 1.02])
    figure.update_xaxes(tickformat=".0%")
    figure.update_yaxes(tickformat=".0%")
    return figure
