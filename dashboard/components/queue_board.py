"""The queue as a whole: how much is left, pausing all of it, and looking through its jobs."""

import math

import streamlit as st

from core.jobs.launch import ensure_supervisor
from core.services import estimates, job_lists, jobs
from core.services.estimates import in_words
from core.services.job_lists import GridRow, JobFilter
from core.services.terms import JobStatus
from dashboard import state
from dashboard.components import jobs as lines
from dashboard.format import counted, size

PER_PAGE = 10
_OPEN = (JobStatus.RUNNING, JobStatus.QUEUED, JobStatus.PAUSED)
_FILTERS = {
    "All": None,
    "Open": _OPEN,
    "Done": (JobStatus.DONE,),
    "Stopped": (JobStatus.FAILED, JobStatus.CANCELLED),
}
_WORDS = {JobStatus.RUNNING: "running", JobStatus.QUEUED: "waiting", JobStatus.PAUSED: "paused"}


def summary() -> None:
    """Draw how many jobs stand how, how long they take yet, the disk, and pausing all of them."""
    counts = job_lists.counts(state.workspace())
    stand = [f"{counts[status]} {word}" for status, word in _WORDS.items() if counts.get(status)]
    left_s = estimates.seconds_left(state.workspace())
    words = ", ".join(stand) or "Nothing runs"
    words += f"; {in_words(left_s)} left at most" if left_s else ""
    used = state.disk_usage()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{words}. :gray[Runs take {size(used.runs)}, {size(used.free)} are free.]",
                    width="stretch")  # fmt: skip
        if counts.get(JobStatus.RUNNING) or counts.get(JobStatus.QUEUED):
            st.button(
                "Pause all", key="experiments_pause_all", icon=":material/pause:",
                on_click=_pause_all,
                help="What runs stops after its epoch and keeps it.",
            )  # fmt: skip
        if counts.get(JobStatus.PAUSED):
            st.button(
                "Go on with all", key="experiments_resume_all", icon=":material/play_arrow:",
                on_click=_resume_all,
            )  # fmt: skip


def listing(*, key: str) -> None:
    """Draw a page of the jobs that a filter lets through, with the filter above."""
    chosen = _filter()
    total = job_lists.total(state.workspace(), chosen)
    if not total:
        st.caption("No such job.")
        return
    n_pages = math.ceil(total / PER_PAGE)
    number = min(int(st.session_state.get("experiments_page", 1)), n_pages)
    offset = (number - 1) * PER_PAGE
    rows = job_lists.page(state.workspace(), chosen, limit=PER_PAGE, offset=offset)
    lines.table(rows, key=key)
    if n_pages > 1:
        st.pagination(n_pages, key="experiments_page")


def _filter() -> JobFilter:
    grids = {grid.name: grid for grid in job_lists.grids(state.workspace())}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        shown = st.segmented_control(
            "Jobs", list(_FILTERS), default="All", required=True, key="experiments_filter",
            label_visibility="collapsed",
        )  # fmt: skip
        grid = None
        if grids:
            grid = st.selectbox(
                "Grid", [None, *grids], key="experiments_grid", width=260,
                label_visibility="collapsed",
                format_func=lambda name: _grid_name(grids[name]) if name else "Of any grid",
            )  # fmt: skip
    return JobFilter(statuses=_FILTERS[shown], grid=grid)


def _grid_name(grid: GridRow) -> str:
    done = grid.counts.get(JobStatus.DONE, 0)
    return f"Grid {grid.name}: {counted(grid.n_jobs, 'run')}, {done} done"


def _pause_all() -> None:
    jobs.pause_all(state.workspace())


def _resume_all() -> None:
    jobs.resume_all(state.workspace())
    ensure_supervisor(state.workspace())
