"""Each emotion's figures of every run as a heatmap whose cells open their faces."""

import streamlit as st

from core.services import class_tables
from core.services.class_tables import ClassTable, Metric
from core.services.presenting import class_cells as drawing
from core.services.terms import EMOTIONS, Emotion
from dashboard import state
from dashboard.components import heat_table
from dashboard.components.findings import choices, opened
from dashboard.components.findings.choices import Choice
from dashboard.format import counted

_KEY = "results_heat"
NO_BASELINE = 0


def draw(choice: Choice) -> None:
    """Draw the figures, and below them the faces of the cell that was pressed."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        metric = choices.metric()
        table = class_tables.class_table(
            state.workspace(), choice.runs, metric, slice_name=choice.slice_name,
            test_mask=choice.test_mask, is_pooled=choice.is_pooled,
        )  # fmt: skip
        baseline = _baseline(table)
    chosen = _chosen(table)
    shown = (
        drawing.amounts(table, chosen)
        if baseline is None
        else drawing.differences(table, baseline, chosen)
    )
    label = f"{drawing.METRIC_NAMES[metric]} of {counted(len(table.rows), 'row')} per emotion"
    heat_table.draw(shown, key=_KEY, label=label, on_press=lambda: _open(table))
    st.caption(_caption(metric, is_difference=baseline is not None))
    if chosen is not None:
        runs = table.rows[chosen[0]]
        emotion = EMOTIONS[chosen[1] - 1] if chosen[1] else None
        opened.draw(runs, choice, true=emotion)


def _baseline(table: ClassTable) -> int | None:
    """Draw the choice of a row to compare with; return its place, or None for the figures."""
    if table.metric is Metric.SUPPORT or len(table.rows) < 2:
        return None
    names = {row[0].id: drawing.row_name(row) for row in table.rows}
    run_id = st.selectbox(
        "Difference to", [NO_BASELINE, *names], key="results_baseline", width=260,
        format_func=lambda run: names.get(run, "No difference: the figures"), bind="query-params",
    )  # fmt: skip
    places = {row[0].id: place for place, row in enumerate(table.rows)}
    return places.get(run_id)


def _open(table: ClassTable) -> None:
    """Remember the cell that was pressed; pressing it again closes it."""
    place = heat_table.pressed(_KEY)
    if place is None:
        return
    run_id = table.rows[place[0]][0].id
    cell = f"{run_id}-{EMOTIONS[place[1] - 1].value if place[1] else 'all'}"
    heat_table.toggle_query("cell", cell)


def _chosen(table: ClassTable) -> tuple[int, int] | None:
    """Return row and column of the cell that the URL names, None where the table has none such."""
    run, _, name = st.query_params.get("cell", "").partition("-")
    rows = {str(row[0].id): place for place, row in enumerate(table.rows)}
    columns = {"all": 0} | {emotion.value: k for k, emotion in enumerate(Emotion, start=1)}
    return (rows[run], columns[name]) if run in rows and name in columns else None


def _caption(metric: Metric, *, is_difference: bool) -> str:
    note = drawing.METRIC_NOTES[metric]
    if is_difference:
        return (
            f"Points less than or more than the chosen row; orange is better, purple worse. {note} "
            "Whether a difference is real: see Compare, which tests it on the same images."
        )
    unit = "Faces." if metric is Metric.SUPPORT else "Per cent."
    return f"{unit} {note} Point at a cell for its 95 % interval, press it for its faces."
