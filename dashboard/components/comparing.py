"""Runs side by side: what differs in their settings, figures, curves and single faces."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.metrics.comparison import PairedComparison
from core.services import disagreeing, experiments
from core.services.class_tables import ClassTable, class_table
from core.services.comparison import RunComparison, compare, configuration_differences
from core.services.disagreeing import Disagreement
from core.services.presenting.comparison_cells import comparison_table
from core.services.presenting.scales import LINE_COLOURS
from core.services.slicing import ImageSlice, is_too_small
from core.services.terms import EMOTIONS, DatasetRow, Emotion, Mask, RunRow
from dashboard import state
from dashboard.components import faces, heat_table
from dashboard.components.figures import dress, show
from dashboard.format import counted, number, percent, run_name, slice_title

MOST_FACES = 40
_HEAT = "compare_heat"
_TICK_EACH = 12  # up to so many epochs each one has its tick
_N_OVERALL = 2  # accuracy and weighted F1 stand before the emotions
_COLUMNS = ["accuracy", "f1", *(emotion.value for emotion in EMOTIONS)]


@st.cache_data(max_entries=32, show_spinner="Comparing")
def compared(
    run_ids: tuple[int, ...], slice_name: str, test_mask: Mask | None, revision: int, written: float
) -> RunComparison:
    """Return runs compared at a revision, as their predictions were when last written (a time).

    The bootstrap over every pair of six runs takes a second.

    Raises:
        NotComparableError, NotReadyError: As `core.services.comparison.compare`.
    """
    return compare(state.workspace(), run_ids, slice_name=slice_name, test_mask=test_mask)


def settings(runs: Sequence[RunRow]) -> None:
    """Draw the settings in which the runs differ, and nothing else of their configuration."""
    table = configuration_differences(runs)
    if table.empty:
        st.caption("The runs have the same version and settings.")
        return
    table.columns = [f"#{run.id}" for run in runs]
    st.dataframe(table, key="compare_settings", alt="Settings in which the runs differ")


def figures_of(found: RunComparison) -> None:
    """Draw each run's overall figures on the chosen images and on the leak-free ones of them."""
    tables = {
        name: class_table(
            state.workspace(), found.runs, slice_name=name, test_mask=found.test_mask,
            is_pooled=False,
        )
        for name in dict.fromkeys((found.slice_name, ImageSlice.LEAK_FREE.value))
    }  # fmt: skip
    lines = [
        {"Run": run_name(run), "Weighted F1": percent(scores.weighted_f1, digits=2)}
        | {
            f"Accuracy, {slice_title(name).lower()}": _accuracy(table, place)
            for name, table in tables.items()
        }
        for place, (run, scores) in enumerate(zip(found.runs, found.scores, strict=True))
    ]
    st.dataframe(
        pd.DataFrame(lines), hide_index=True, key="compare_figures",
        alt="Accuracy of each run with its 95 % interval",
    )  # fmt: skip


def _accuracy(table: ClassTable, place: int) -> str:
    """Return accuracy, 95 % interval and n of a run over all emotions."""
    value, low, high, n = (
        float(part[place, 0]) for part in (table.values, table.low, table.high, table.n)
    )
    if np.isnan(value):
        return "no image"
    few = ", too few" if is_too_small(round(n)) else ""
    ends = f"{100 * low:.1f} to {100 * high:.1f}"
    return f"{percent(value, digits=2)} ({ends}), n {number(round(n))}{few}"


def differences(found: RunComparison) -> tuple[PairedComparison, Emotion | None] | None:
    """Draw every pair's differences in points, a dot where the corrected test is sure of one.

    Returns:
        The pair and the emotion, None for all of them, of the cell that is open.
    """
    chosen = _chosen(found)
    table = replace(comparison_table(found), chosen=chosen)
    heat_table.draw(
        table, key=_HEAT, label="Differences between runs", on_press=lambda: _open(found)
    )
    st.caption(
        "Points on the same images. A dot marks a difference that McNemar's exact test finds at "
        "5 % after Holm's correction over the whole table; F1 has no such test. Point at a cell "
        "for its 95 % interval (paired bootstrap over images), press it for the faces behind it."
    )
    if chosen is None:
        return None
    emotion = EMOTIONS[chosen[1] - _N_OVERALL] if chosen[1] >= _N_OVERALL else None
    return found.pairs[chosen[0]], emotion


def _open(found: RunComparison) -> None:
    """Remember the cell that was pressed; pressing it again closes it."""
    place = heat_table.pressed(_HEAT)
    if place is not None:
        pair = found.pairs[place[0]]
        ids = [found.runs[one].id for one in (pair.first, pair.second)]
        heat_table.toggle_query("cell", f"{ids[0]}-{ids[1]}-{_COLUMNS[place[1]]}")


def _chosen(found: RunComparison) -> tuple[int, int] | None:
    """Return row and column of the cell that the URL names, None where the table has none such."""
    pair, _, name = st.query_params.get("cell", "").rpartition("-")
    rows = {
        f"{found.runs[one.first].id}-{found.runs[one.second].id}": place
        for place, one in enumerate(found.pairs)
    }
    return (rows[pair], _COLUMNS.index(name)) if pair in rows and name in _COLUMNS else None


def curves(runs: Sequence[RunRow]) -> None:
    """Draw the validation accuracy of each run over its epochs."""
    found = {run.id: experiments.epochs(state.workspace(), run.id) for run in runs}
    if not any(found.values()):
        st.caption("None of the runs kept its epochs.")
        return
    most = max(len(epochs) for epochs in found.values())
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
    figure.update_xaxes(title="Epoch", tickformat="d", dtick=1 if most <= _TICK_EACH else None)
    figure.update_yaxes(title="Validation accuracy", tickformat=".0%", range=[0, 1])
    show(figure, key="compare_curves", alt="Validation accuracy per epoch of each run")


def disagreements(
    found: RunComparison,
    dataset: DatasetRow,
    chosen: tuple[PairedComparison, Emotion | None] | None,
) -> None:
    """Draw faces of which the runs do not all say the same: of a pair and emotion, if chosen."""
    pair, emotion = chosen or (None, None)
    between = None if pair is None else (pair.first, pair.second)
    seen = disagreeing.disagreements(state.workspace(), found, between=between, label=emotion)
    shown = seen[:MOST_FACES]
    of = "" if between is None else " of " + " and ".join(f"#{found.runs[i].id}" for i in between)
    what = f" labelled {emotion.value}" if emotion else f" ({percent(len(seen) / found.n)})"
    more = f", the {MOST_FACES} surest shown" if len(seen) > MOST_FACES else ""
    st.markdown(f"**{counted(len(seen), 'face')}**{of}{what}{more}")
    if not shown:
        return
    st.caption("What each run said and how sure it was, in per cent; bold where it is the label.")
    ids = tuple(face.image_id for face in shown)
    rows = {row.id: row for row in state.image_rows(ids, dataset.id, dataset.revision)}
    contents = state.blobs(ids)
    figures = "".join(
        faces.stored(rows[face.image_id], contents[face.image_id], caption=_said(found, face))
        for face in shown
    )
    st.html(f'{faces.STYLE}<div class="fi-faces">{figures}</div>')


def _said(found: RunComparison, face: Disagreement) -> str:
    """Return the label and what each run said, bold where it is the label, as HTML."""
    lines = [f"label {face.label.value}"]
    for run, (emotion, confidence) in zip(found.runs, face.said, strict=True):
        words = f"#{run.id} {emotion.value} {100 * confidence:.0f}"
        lines.append(f"<b>{words}</b>" if emotion is face.label else words)
    return "<br>".join(lines)
