"""Jobs as people watch them: what it is, where it stands, how long yet, stop and resume."""

from datetime import UTC, datetime

import streamlit as st

from core.jobs.launch import ensure_supervisor
from core.services import experiments, jobs
from core.services.terms import JobKind, JobRow, JobStatus, RunRow
from dashboard import state
from dashboard.format import STATUS_BADGES, ago, duration, run_name

POLL = "2s"
_OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)
_STOPPED = (JobStatus.FAILED, JobStatus.CANCELLED)
_LOG_LINES = 30


def is_open(job: JobRow) -> bool:
    """Return whether a job waits or runs."""
    return job.status in _OPEN


def name(job: JobRow, runs: dict[int, RunRow]) -> str:
    """Return what a job does, `Train #3 Fast, eyes covered`."""
    if job.kind is JobKind.ISSUES:
        return f"Label issues of {job.payload['name']}"
    run = runs.get(int(job.payload.get("run", 0)))
    what = run_name(run) if run else f"job {job.id}"
    return f"Maps of {what}" if job.kind is JobKind.SALIENCY else f"Train {what}"


def standing(job: JobRow, now: datetime) -> str:
    """Return where a job stands in words: when it was queued, its own message, or its end."""
    if job.status is JobStatus.QUEUED:
        return f"queued {ago(job.queued_at, now)}"
    if job.status is JobStatus.RUNNING:
        return "stopping" if job.cancel_requested else job.message
    if job.finished_at is None:
        return ""
    ended = ago(job.finished_at, now)
    if job.started_at is None:
        return ended
    return f"{ended}, took {duration((job.finished_at - job.started_at).total_seconds())}"


def run_names() -> dict[int, RunRow]:
    """Return all runs by id."""
    return {run.id: run for run in experiments.runs(state.workspace())}


def running_now() -> None:
    """Draw the jobs that wait or run, polling while there are any."""
    is_busy = bool(jobs.unfinished(state.workspace()))
    st.fragment(run_every=POLL if is_busy else None)(_running_now)(was_busy=is_busy)


def _running_now(*, was_busy: bool) -> None:
    unfinished = jobs.unfinished(state.workspace())
    if was_busy != bool(unfinished):
        st.rerun()
    runs, now = run_names(), datetime.now(UTC)
    for job in unfinished:
        _bar(job, runs, now)
    if not unfinished:
        st.caption("Nothing runs.")


def table(rows: list[JobRow], *, key: str) -> None:
    """Draw jobs one below the other, each with what can be done about it."""
    runs, now = run_names(), datetime.now(UTC)
    for job in rows:
        with st.container(key=f"{key}_{job.id}", gap="xsmall"):
            _row(job, runs, now, key=f"{key}_{job.id}")


def _row(job: JobRow, runs: dict[int, RunRow], now: datetime, *, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{STATUS_BADGES[job.status]} {name(job, runs)}", width="stretch")
        st.caption(standing(job, now), width="content")
        if is_open(job):
            st.button(
                "Cancel", key=f"{key}_cancel", icon=":material/stop_circle:",
                disabled=job.cancel_requested, on_click=_cancel,
                args=(job.id,),
            )  # fmt: skip
        elif job.status in _STOPPED:
            st.button(
                "Resume", key=f"{key}_resume", icon=":material/replay:",
                on_click=_resume, args=(job.id,),
            )  # fmt: skip
    if job.status is JobStatus.RUNNING:
        st.progress(min(1.0, job.progress))
    if job.status is JobStatus.FAILED:
        _failure(job)


def _bar(job: JobRow, runs: dict[int, RunRow], now: datetime) -> None:
    text = f"{STATUS_BADGES[job.status]} {name(job, runs)}"
    if job.status is JobStatus.QUEUED:
        st.markdown(f":small[{text}]")
        return
    words = standing(job, now)
    st.progress(min(1.0, job.progress), text=f"{text}: {words}" if words else text)


def _cancel(job_id: int) -> None:
    jobs.request_cancel(state.workspace(), job_id)


def _resume(job_id: int) -> None:
    jobs.requeue(state.workspace(), job_id)
    ensure_supervisor(state.workspace())


def _failure(job: JobRow) -> None:
    with st.expander("Why it failed"):
        log = jobs.log_tail(state.workspace(), job.id, n_lines=_LOG_LINES)
        st.code(log or job.error or "The job left no log.", language=None, wrap_lines=True)
