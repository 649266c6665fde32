"""Runs side by side: what differs in their settings, figures, curves and single faces."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from core.services import experiments
from core.services.comparison import RunComparison, configuration_differences
from core.services.presenting.comparison_cells import comparison_table
from core.services.results import predictions
from core.services.terms import DatasetRow, RunRow
from dashboard import state
from dashboard.components import faces, heat_table
from dashboard.components.figures import dress, show
from dashboard.format import counted, percent

MOST_FACES = 40
# Okabe and Ito's palette (2008) without the yellow that white paper swallows.
LINE_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def settings(runs: Sequence[RunRow]) -> None:
    """Draw the settings in which the runs differ, and nothing else of their configuration."""
    table = configuration_differences(runs)
    if table.empty:
        st.caption("The runs have the same version and settings.")
        return
    table.columns = [f"#{run.id}" for run in runs]
    st.dataframe(table, key="compare_settings", alt="Settings in which the runs differ")


def differences(found: RunComparison) -> None:
    """Draw every pair's differences in points, a dot where the corrected test is sure of one."""
    table = comparison_table(found)
    heat_table.draw(
        table, key="compare_heat", label="Differences between runs", on_press=lambda: None
    )
    st.caption(
        "Points on the same images. A dot marks a difference that McNemar's exact test finds at "
        "5 % after Holm's correction over the whole table; F1 has no such test. Point at a cell "
        "for its 95 % interval (paired bootstrap over images)."
    )


def curves(runs: Sequence[RunRow]) -> None:
    """Draw the validation accuracy of each run over its epochs."""
    found = {run.id: experiments.epochs(state.workspace(), run.id) for run in runs}
    if not any(found.values()):
        st.caption("None of the runs kept its epochs.")
        return
    figure = go.Figure()
    for run, colour in zip(runs, LINE_COLOURS, strict=False):
        epochs = found[run.id]
        figure.add_scatter(
            x=[one.number for one in epochs], y=[one.validation_accuracy for one in epochs],
            name=f"#{run.id}", mode="lines+markers", line={"color": colour, "width": 2},
            hovertemplate=f"#{run.id}, epoch %{{x}}: %{{y:.1%}}<extra></extra>",
        )  # fmt: skip
    dress(figure, height=300, margin=(52, 12, 12, 44))
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.12})
    figure.update_xaxes(title="Epoch")
    figure.update_yaxes(title="Validation accuracy", tickformat=".0%", range=[0, 1])
    show(figure, key="compare_curves", alt="Validation accuracy per epoch of each run")


def disagreements(found: RunComparison, dataset: DatasetRow) -> None:
    """Draw faces of which the runs do not all say the same."""
    ids = tuple(int(i) for i in found.disagreements[:MOST_FACES])
    more = f", the first {MOST_FACES} shown" if len(found.disagreements) > MOST_FACES else ""
    share = len(found.disagreements) / found.n
    st.markdown(f"**{counted(len(found.disagreements), 'face')}** ({percent(share)}){more}")
    if not ids:
        return
    said = [_said(run) for run in found.runs]
    rows = state.image_rows(ids, dataset.id, dataset.revision)
    contents = state.blobs(ids)
    figures = "".join(
        faces.stored(
            row, contents[row.id],
            caption="<br>".join(
                f"#{run.id} {of_run[row.id]}"
                for run, of_run in zip(found.runs, said, strict=True)
            ),
        )
        for row in rows
    )  # fmt: skip
    st.html(f'{faces.STYLE}<div class="fi-faces">{figures}</div>')


def _said(run: RunRow) -> dict[int, str]:
    """Return what a run said of each test image: the emotion, behind a mark if it was right."""
    rows = predictions(state.workspace(), run.id)
    return {
        int(image_id): f"<b>{predicted}</b>" if predicted == label else str(predicted)
        for image_id, label, predicted in zip(
            rows["image_id"], rows["label"], rows["predicted"], strict=True
        )
    }
