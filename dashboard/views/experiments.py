"""Experiments: freeze the data, queue runs with parts of the face covered, watch and stop them."""

import streamlit as st

from core.services import job_lists, jobs
from core.services.terms import DatasetRow, JobStatus
from dashboard.components import asking, previews, queue_board, training, watching
from dashboard.components import jobs as lines
from dashboard.components.empty import require_dataset
from dashboard.components.refusals import shown
from dashboard.state import workspace


def ask(dataset: DatasetRow) -> None:
    """Draw what to train on what, say what it costs, and queue it."""
    left, right = st.columns([3, 5], gap="large")
    with left:
        version = training.frozen(dataset)
        asked = asking.grid(version.digest if version else "")
    with right:
        asked = asking.masked(asked)
        previews.masks(dataset, [cell.mask for cell in asked.cells])
    if version is None:
        st.info("Freeze the data first: a run belongs to a frozen version.")
    elif training.offer(asked, asking.study(asked)):
        st.rerun()


def board(was_busy: bool) -> None:
    """Draw curves and jobs; the fragment around it polls while something runs."""
    if was_busy != bool(jobs.unfinished(workspace())):
        st.rerun()
    if not job_lists.total(workspace()):
        st.caption("No jobs yet. Freeze the data and queue a run above.")
        return
    queue_board.summary()
    chosen = job_lists.JobFilter(statuses=[JobStatus.RUNNING])
    running = job_lists.page(workspace(), chosen, limit=queue_board.PER_PAGE)
    with st.container(key="experiments_panel"):  # what follows keeps its place when this grows
        watching.panel(running, lines.run_names())
    queue_board.listing(key="experiments_job")


dataset = require_dataset()
with shown():
    ask(dataset)
st.subheader("Runs and jobs", anchor=False)
is_busy = bool(jobs.unfinished(workspace()))
st.fragment(run_every=lines.POLL if is_busy else None)(board)(is_busy)
