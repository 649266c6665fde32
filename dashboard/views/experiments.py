"""Experiments: freeze the data, queue runs with parts of the face covered, watch and stop them."""

import streamlit as st

from core.services import experiments, jobs
from core.services.terms import DatasetRow, JobRow, JobStatus, RunRow
from dashboard import state
from dashboard.components import jobs as lines
from dashboard.components import previews, training
from dashboard.components.empty import require_dataset
from dashboard.format import counted, run_name

JOBS_SHOWN = 20
RUNNING_ONE = 0


def ask(dataset: DatasetRow) -> None:
    """Draw what to train on what, and queue it."""
    left, right = st.columns([3, 5], gap="large")
    with left:
        version = training.frozen(dataset)
        model = training.model()
        seed, epochs = training.numbers(model)
    with right:
        chosen = training.masks()
        previews.masks(dataset, chosen)
        label = f"Queue {counted(len(chosen), 'run')}"
        is_asked = st.button(
            label, key="experiments_queue", type="primary", icon=":material/play_arrow:",
            disabled=version is None or not chosen,
            help="Freeze the data first: a run belongs to a frozen version." if not version else "",
        )  # fmt: skip
    if is_asked and version is not None:
        training.queue(version, model, chosen, seed=seed, epochs=epochs)
        st.rerun()


def watched(newest: list[JobRow]) -> RunRow | None:
    """Draw the choice of the run whose curves are shown; at first the one that runs."""
    runs = {run.id: run for run in experiments.runs(state.workspace())}
    if not runs:
        return None
    chosen = st.selectbox(
        "Curves of", [RUNNING_ONE, *runs], key="experiments_watched", width=320,
        format_func=lambda run: run_name(runs[run]) if run else "The run that learns now",
    )  # fmt: skip
    going = [job.payload.get("run") for job in newest if job.status is JobStatus.RUNNING]
    return runs.get(chosen) or runs[next((run for run in going if run in runs), max(runs))]


def board(was_busy: bool) -> None:
    """Draw curves and jobs; the fragment around it polls while something runs."""
    if was_busy != bool(jobs.unfinished(state.workspace())):
        st.rerun()
    newest = jobs.jobs(state.workspace(), limit=JOBS_SHOWN)
    if not newest:
        st.caption("No jobs yet. Freeze the data and queue a run above.")
        return
    run = watched(newest)
    if run is not None:
        training.live(run)
    st.subheader("Jobs", anchor=False)
    lines.table(newest, key="experiments_job")


dataset = require_dataset()
ask(dataset)
st.subheader("Runs and jobs", anchor=False)
is_busy = bool(jobs.unfinished(state.workspace()))
st.fragment(run_every=lines.POLL if is_busy else None)(board)(is_busy)
