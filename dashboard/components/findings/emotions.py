"""Each emotion's figures of every run as a heatmap whose cells open their faces."""

import streamlit as st

from core.services import class_tables
from core.services.baselines import Differences, less_baseline
from core.services.class_tables import ClassTable, Metric
from core.services.presenting import class_cells as drawing
from core.services.terms import EMOTIONS, Emotion
from dashboard import state
from dashboard.components import heat_table, linked
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
    label = f"{drawing.METRIC_NAMES[metric]} of {counted(len(table.rows), 'row')} per emotion"
    if baseline is None:
        shown, caption = drawing.amounts(table, chosen), _caption(metric)
    else:
        found = less_baseline(
            state.workspace(), table, baseline, slice_name=choice.slice_name,
            test_mask=choice.test_mask,
        )  # fmt: skip
        shown, caption = drawing.differences(table, found, chosen), _difference_caption(found)
    heat_table.draw(shown, key=_KEY, label=label, on_press=lambda: _open(table))
    st.caption(caption)
    if chosen is not None:
        _compare_link(table, baseline, chosen[0])
        emotion = EMOTIONS[chosen[1] - 1] if chosen[1] else None
        opened.draw(table.rows[chosen[0]], choice, true=emotion)


def _baseline(table: ClassTable) -> int | None:
    """Draw the choice of a row to compare with; return its place, or None for the figures."""
    if table.metric is Metric.SUPPORT or len(table.rows) < 2:
        return None
    names = {row[0].id: drawing.row_name(row) for row in table.rows}
    run_id = linked.selectbox(
        "Difference to", [NO_BASELINE, *names], key="results_baseline", width=260,
        words=lambda run: names.get(run, "No difference: the figures"),
    )  # fmt: skip
    places = {row[0].id: place for place, row in enumerate(table.rows)}
    return places.get(run_id)


def _compare_link(table: ClassTable, baseline: int | None, row: int) -> None:
    """Draw the way to a test of the open row's difference, where there is one."""
    if baseline is None or baseline == row:
        return
    ids = [table.rows[place][0].id for place in (baseline, row)]
    st.page_link(
        "views/compare.py", label=f"Test #{ids[1]} against #{ids[0]}", icon=":material/balance:",
        query_params={
            "dataset": table.rows[row][0].dataset, "compare_runs": ",".join(map(str, ids)),
        },
    )  # fmt: skip


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


def _caption(metric: Metric) -> str:
    unit = "Faces." if metric is Metric.SUPPORT else "Per cent."
    hint = "Point at a cell for its 95 % interval, press it for its faces."
    return f"{unit} {drawing.METRIC_NOTES[metric]} {hint}"


def _difference_caption(found: Differences) -> str:
    words = (
        "Points more or less than the chosen row; orange is better, purple worse. Point at a cell "
        "for its 95 % interval over images: paired, as both were asked about the same faces. Each "
        "cell stands by itself; Compare corrects for how many there are."
    )
    n_other = sum(not one for one in found.is_paired)
    if not n_other:
        return words
    return (
        f"{words} {counted(n_other, 'row')} marked \N{LEFT SINGLE QUOTATION MARK}other images"
        "\N{RIGHT SINGLE QUOTATION MARK} cannot be paired: tested on another version, split or "
        "slice, so a difference may be the images' and not the network's."
    )
