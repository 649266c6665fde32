"""Train mask by test mask: what a network that learned without one part does without another."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.errors import FeelingItError
from core.jobs.launch import ensure_supervisor
from core.services import crossing, evaluating
from core.services.crossing import Crossing
from core.services.presenting.crossed_cells import beyond_table, crossed_table
from core.services.terms import Mask, ModelName
from dashboard import state
from dashboard.components import heat_table, linked
from dashboard.components.findings import opened
from dashboard.components.findings.choices import Choice
from dashboard.format import MASK_NAMES, MODEL_NAMES, counted

_KEY = "results_crossed"
_QUERY = "crossed"
ACCURACY, BEYOND = "accuracy", "less-control"
_VIEWS = {ACCURACY: "Accuracy", BEYOND: "Less the control"}


def draw(choice: Choice) -> None:
    """Draw what one model's runs do by what was covered in training and in testing."""
    models = [model for model in ModelName if any(run.model is model for run in choice.runs)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        model = linked.segments(
            "Network", models, key="results_crossed_model", words=lambda one: MODEL_NAMES[one]
        )
        view = linked.segments(
            "Figure", list(_VIEWS), key="results_crossed_view", words=lambda one: _VIEWS[one]
        )
    found = crossing.crossing(
        state.workspace(), choice.runs, model, slice_name=choice.slice_name, is_whole=True
    )
    chosen = _chosen(found)
    table = crossed_table(found, chosen) if view == ACCURACY else beyond_table(found, chosen)
    heat_table.draw(
        table, key=_KEY, label="Accuracy by train mask and test mask", on_press=lambda: _open(found)
    )
    st.caption(_caption(view))
    _offer_missing(found)
    if chosen is not None:
        mask = found.test_masks[chosen[1]]
        st.markdown(f"Covered in testing: **{MASK_NAMES[mask].lower()}**")
        opened.draw(found.runs[chosen[0]], replace(choice, test_mask=mask))


def _caption(view: str) -> str:
    rows = "Rows: covered in training. Columns: covered in testing. "
    if view == BEYOND:
        return (
            f"{rows}Points right under a mask less those under its control, which covers as much "
            "somewhere else: purple is lost because of where it is covered, not how much. Point at "
            "a cell for its 95 % interval, paired by image."
        )
    return (
        f"{rows}Per cent right. A control covers as much as its mask, somewhere else: where both "
        "cost the same, it is how much is covered that hurts, not where. Point at a cell for its "
        "95 % interval, press it for its faces."
    )


def _offer_missing(found: Crossing) -> None:
    """Draw the button that queues what the cells without a figure need."""
    missing = crossing.missing(state.workspace(), found)
    wanted = evaluating.without_waiting(state.workspace(), missing)
    n_waiting = sum(map(len, missing.values())) - sum(map(len, wanted.values()))
    if n_waiting:
        st.caption(f"{counted(n_waiting, 'test')} of these wait or run already.")
    if not wanted:
        return
    n_tests = sum(map(len, wanted.values()))
    words = f"Test {counted(len(wanted), 'run')} under what is missing ({n_tests})"
    if st.button(words, key="results_crossed_fill", icon=":material/playlist_add:"):
        _fill(wanted)


def _fill(wanted: Mapping[int, list[Mask]]) -> None:
    try:
        evaluating.enqueue_evaluations(state.workspace(), wanted)
    except FeelingItError as error:
        st.error(str(error))
        return
    ensure_supervisor(state.workspace())
    st.rerun()


def _open(found: Crossing) -> None:
    """Remember the cell that was pressed; pressing it again closes it."""
    place = heat_table.pressed(_KEY)
    if place is not None:
        run = found.runs[place[0]][0]
        heat_table.toggle_query(_QUERY, f"{run.id}-{found.test_masks[place[1]].value}")


def _chosen(found: Crossing) -> tuple[int, int] | None:
    """Return row and column of the cell that the URL names, None where the table has none such."""
    run, _, mask = st.query_params.get(_QUERY, "").partition("-")
    rows = {str(runs[0].id): place for place, runs in enumerate(found.runs)}
    columns = {one.value: place for place, one in enumerate(found.test_masks)}
    return (rows[run], columns[mask]) if run in rows and mask in columns else None
