"""Compare: two to six runs on the same test images, and whether their differences are real."""

import streamlit as st

from core.errors import NotComparableError, NotReadyError
from core.services.answers import last_written
from core.services.comparison import MOST_RUNS, RunComparison
from core.services.report.parts import Scope
from core.services.slicing import is_too_small
from core.services.terms import DatasetRow, RunRow
from dashboard import state
from dashboard.components import comparing, linked, reporting, scores
from dashboard.components.empty import empty, require_dataset
from dashboard.components.findings import choices
from dashboard.format import counted, run_name


def choose(dataset: DatasetRow, runs: list[RunRow]) -> RunComparison | None:
    """Draw the choice of runs and test images; return their comparison, None where there is none.

    What cannot be compared is said in one sentence.
    """
    by_id = {run.id: run for run in runs}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = linked.several(
            "Runs", list(by_id), key="compare_runs", words=lambda run: run_name(by_id[run]),
            default=list(by_id)[:2], most=MOST_RUNS,
        )  # fmt: skip
        slice_name = choices.choose_slice(dataset, runs, key="compare_slice")
        test_mask = choices.choose_mask(runs, key="compare_test_mask")
    try:
        written = last_written(state.workspace(), chosen)
        return comparing.compared(tuple(chosen), slice_name, test_mask, dataset.revision, written)
    except (NotComparableError, NotReadyError) as error:
        st.info(str(error))
        return None


dataset = require_dataset()
runs = scores.finished(dataset)
if len(runs) < 2:
    empty(
        "Two finished runs on this data set are needed. Queue some to compare them here.",
        page="views/experiments.py", label="Go to experiments",
    )  # fmt: skip
    st.stop()
found = choose(dataset, runs)
if found is None:
    st.stop()
few = " Too few for a statement." if is_too_small(found.n) else ""
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.caption(f"{counted(found.n, 'test image')}, the same for all.{few}")
    scope = Scope(slice_name=found.slice_name, test_mask=found.test_mask)
    reporting.button(dataset, found.runs, scope, key="compare_report")
comparing.figures_of(found)
chosen = comparing.differences(found)
left, right = st.columns(2, gap="large")
with left:
    st.subheader("Learning curves", anchor=False)
    comparing.curves(found.runs)
with right:
    st.subheader("Settings that differ", anchor=False)
    comparing.settings(found.runs)
st.subheader("Faces on which they disagree", anchor=False)
comparing.disagreements(found, dataset, chosen)
