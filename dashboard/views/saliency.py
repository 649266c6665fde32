"""Saliency: where a network looks for each emotion, beside where human faces move."""

import streamlit as st

from core.errors import NotReadyError
from core.services import saliency as maps
from core.services.saliency import SaliencyResult
from core.services.terms import DatasetRow, Emotion, RunRow, SaliencyMethod
from dashboard import state
from dashboard.components import saliency as pictures
from dashboard.components import scores
from dashboard.components.empty import empty, require_dataset
from dashboard.components.jobs import running_now
from dashboard.format import run_name, title

ALL = "all"


def choose_run(dataset: DatasetRow) -> RunRow:
    """Draw the choice of a finished run and return it; end the page where there is none."""
    runs = scores.finished(dataset)
    if not runs:
        empty(
            "There is no trained network on this data set to look into. Freeze the data and "
            "train a run first.",
            page="views/experiments.py",
            label="Go to experiments",
        )
        st.stop()
    by_id = {run.id: run for run in runs}
    return by_id[
        st.selectbox(
            "Run",
            list(by_id),
            key="saliency_run",
            bind="query-params",
            width=320,
            format_func=lambda run_id: run_name(by_id[run_id]),
        )
    ]


def offer(run: RunRow, method: SaliencyMethod) -> None:
    """Draw how to get maps that are not there."""
    if pictures.under_way(run, method):
        st.markdown("These maps are being computed; they appear here when they are done.")
        running_now()
        return
    st.markdown("This run has no maps of this kind yet. Computing them takes a minute or so.")
    if st.button(
        "Compute maps", key="saliency_compute", type="primary", icon=":material/play_arrow:"
    ):
        pictures.compute(run.id, method)
        st.rerun()


def draw(result: SaliencyResult) -> None:
    """Draw one emotion large or all of them small."""
    chosen = st.segmented_control(
        "Emotion", [ALL, *(emotion.value for emotion in Emotion)], default=ALL, required=True,
        key="saliency_emotion", format_func=lambda e: "All" if e == ALL else title(Emotion(e)),
        bind="query-params",
    )  # fmt: skip
    if chosen == ALL:
        mean = pictures.score(result.mean_correlation)
        st.markdown(f"Mean correlation of network and people over emotions: **{mean}**")
        pictures.every(result)
    else:
        entry = result.by_emotion[Emotion(chosen)]
        pictures.scores(entry)
        pictures.one(entry)
    rows, columns = result.cells
    st.caption(
        f"Hot is more, each map by its own largest value. The network's maps have {rows} x "
        f"{columns} cells before they are enlarged."
    )


with st.container(horizontal=True, gap="medium"):
    run = choose_run(require_dataset())
    method = SaliencyMethod(
        st.segmented_control(
            "Method",
            list(SaliencyMethod),
            default=SaliencyMethod.GRAD_CAM,
            required=True,
            key="saliency_method",
            format_func=lambda m: pictures.METHOD_NAMES[m],
            bind="query-params",
        )
    )
try:
    draw(maps.saliency_result(state.workspace(), run.id, method))
except NotReadyError:
    offer(run, method)
source, limits = maps.human_map_notes()
with st.expander("Where the human maps come from, and their limits"):
    st.markdown(f"{source}\n\n{limits}")
