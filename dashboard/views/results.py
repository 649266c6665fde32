"""Results: every run's figures, each emotion's, what is taken for what, and the study's tables."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.errors import FeelingItError
from core.services import experiments
from core.services.class_tables import Metric, class_table
from core.services.report.parts import Scope
from core.services.slicing import ImageSlice
from core.services.terms import DatasetRow, JobStatus, RunRow
from dashboard import state
from dashboard.components import linked, reporting, scores
from dashboard.components.empty import empty, require_dataset
from dashboard.components.findings import (
    calibration,
    choices,
    crossed,
    emotions,
    exporting,
    mistakes,
    networks,
    study,
)
from dashboard.components.findings.choices import Choice
from dashboard.format import counted

PARTS: dict[str, tuple[str, Callable[[Choice], None]]] = {
    "emotions": ("Per emotion", emotions.draw),
    "confusion": ("Confusion and errors", mistakes.draw),
    "masks": ("Masks crossed", crossed.draw),
    "calibration": ("Calibration", calibration.draw),
    "study": ("The study", study.draw),
}


def finished(dataset: DatasetRow) -> list[RunRow]:
    """Return the finished runs on a data set in the study's order; end the page without any."""
    done = scores.finished(dataset)
    if not done:
        still = sum(
            run.dataset == dataset.name and run.status in (JobStatus.QUEUED, JobStatus.RUNNING)
            for run in experiments.runs(state.workspace())
        )
        hint = (
            f"{counted(still, 'run')} not done yet. The figures appear here when the first is."
            if still
            else "No run on this data set is done. Freeze the data and train a run to see figures."
        )
        empty(hint, page="views/experiments.py", label="Go to experiments")
        st.stop()
    return done


def overall(choice: Choice) -> None:
    """Draw the table of runs on the chosen test images, the leak-free ones beside them."""
    draw = partial(
        class_table, state.workspace(), choice.runs, test_mask=choice.test_mask, is_pooled=False
    )
    accuracy, f1 = (draw(one, slice_name=choice.slice_name) for one in (Metric.ACCURACY, Metric.F1))
    leak_free = draw(Metric.ACCURACY, slice_name=ImageSlice.LEAK_FREE)
    form = st.column_config.NumberColumn(format="%.2f %%")
    st.dataframe(
        scores.run_table(choice.runs, accuracy, f1, leak_free), hide_index=True, key="results_runs",
        column_config=dict.fromkeys(scores.PERCENT_COLUMNS, form), placeholder="-",
        height=scores.height(len(choice.runs)),
        alt="Finished runs with accuracy, weighted and macro F1",
    )  # fmt: skip


dataset = require_dataset()
choice = choices.choose(dataset, finished(dataset))
if not choice.runs:
    st.info("No run passes the filter. Choose other rows.")
    st.stop()
overall(choice)
with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
    part = linked.segments(
        "Part", list(PARTS), key="results_part", words=lambda name: PARTS[name][0], is_named=False
    )
    with st.container(horizontal=True, gap="small", width="content"):
        exporting.draw(choice)
        networks.draw(choice)
        scope = Scope(slice_name=choice.slice_name, test_mask=choice.test_mask)
        reporting.button(dataset, choice.runs, scope, key="results_report")
if choices.is_empty(choice):
    st.info("No test image is in this slice yet. Choose other test images.")
    st.stop()
try:
    PARTS[part][1](choice)
except FeelingItError as error:  # a run that was not tested so, or on no such image
    st.info(str(error))
