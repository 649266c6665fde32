"""What is taken for what in one run, and the faces behind it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.services import slice_figures
from core.services.presenting.confusion_cells import confusion_table
from core.services.slicing import is_too_small
from core.services.terms import EMOTIONS
from dashboard import state
from dashboard.components import heat_table, linked
from dashboard.components.findings import choices, opened
from dashboard.components.findings.choices import Choice
from dashboard.format import number, percent, slice_title

_KEY = "results_confusion"
SHARES, COUNTS = "shares", "counts"
UNITS = {SHARES: "Row shares", COUNTS: "Counts"}


def draw(choice: Choice) -> None:
    """Draw the confusion matrix of a run; a cell opens its faces, else the surest errors show."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        run = choices.choose_run(choice.runs, key="results_run")
        unit = linked.segments(
            "Numbers", [SHARES, COUNTS], key="results_unit", words=lambda one: UNITS[one]
        )
    counts = slice_figures.confusion_of(
        state.workspace(), run.id, slice_name=choice.slice_name, test_mask=choice.test_mask
    )
    chosen = _chosen()
    table = confusion_table(counts, as_shares=unit == SHARES, chosen=chosen)
    heat_table.draw(table, key=_KEY, label="True emotions by predicted emotions", on_press=_open)
    st.caption(_caption(counts, choice))
    true, predicted = (EMOTIONS[place] for place in chosen) if chosen else (None, None)
    if chosen is None:
        st.subheader("Surest errors", anchor=False)
    opened.draw([run], choice, true=true, predicted=predicted)


def _open() -> None:
    """Remember the cell that was pressed; pressing it again closes it."""
    place = heat_table.pressed(_KEY)
    if place is None:
        return
    taken = f"{EMOTIONS[place[0]].value}-{EMOTIONS[place[1]].value}"
    heat_table.toggle_query("taken", taken)


def _chosen() -> tuple[int, int] | None:
    places = {emotion.value: place for place, emotion in enumerate(EMOTIONS)}
    true, _, predicted = st.query_params.get("taken", "").partition("-")
    return (places[true], places[predicted]) if true in places and predicted in places else None


def _caption(counts: NDArray[np.int64], choice: Choice) -> str:
    right, n = int(np.trace(counts)), int(counts.sum())
    words = "Rows: the label. Columns: what the network said. Press a cell for its faces."
    if not n:
        return f"{words} No test face is in the slice {slice_title(choice.slice_name)!r}."
    few = " Too few for a statement." if is_too_small(n) else ""
    return f"{words} {number(right)} of {number(n)} right, {percent(right / n, digits=2)}.{few}"
