"""Compare: two to six runs on the same test images, and whether their differences are real."""

import streamlit as st

from core.errors import NotComparableError
from core.services.comparison import MOST_RUNS, RunComparison, compare
from core.services.slicing import is_too_small
from core.services.terms import DatasetRow, RunRow
from dashboard import state
from dashboard.components import comparing, scores
from dashboard.components.empty import empty, require_dataset
from dashboard.components.findings import choices
from dashboard.format import counted, run_name, slice_title


def choose(dataset: DatasetRow, runs: list[RunRow]) -> RunComparison | None:
    """Draw the choice of runs and test images; return their comparison, None where there is none.

    What cannot be compared is said in one sentence.
    """
    by_id = {run.id: run for run in runs}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.multiselect(
            "Runs", list(by_id), default=list(by_id)[:2], max_selections=MOST_RUNS,
            key="compare_runs", format_func=lambda run: run_name(by_id[run]), width="stretch",
        )  # fmt: skip
        slice_name = st.selectbox(
            "Test images", choices.slice_names(dataset, runs), key="compare_slice", width=210,
            format_func=slice_title,
        )  # fmt: skip
    try:
        return compare(state.workspace(), chosen, slice_name=slice_name)
    except NotComparableError as error:
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
st.caption(f"{counted(found.n, 'test image')}, the same for all.{few}")
comparing.differences(found)
left, right = st.columns(2, gap="large")
with left:
    st.subheader("Learning curves", anchor=False)
    comparing.curves(found.runs)
with right:
    st.subheader("Settings that differ", anchor=False)
    comparing.settings(found.runs)
st.subheader("Faces on which they disagree", anchor=False)
st.caption("What each run said; bold where it agrees with the label.")
comparing.disagreements(found, dataset)
