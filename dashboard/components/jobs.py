"""Jobs as people watch them: what it is, where it stands, how long yet, and what can be done."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from core.jobs.launch import ensure_supervisor
from core.services import experiments, jobs, storage
from core.services.jobs import Place
from core.services.presenting.map_names import method_name
from core.services.terms import JobKind, JobRow, JobStatus, RunRow, SaliencyMethod
from dashboard import state
from dashboard.components.refusals import told
from dashboard.components.watching import WATCHED_KEY
from dashboard.format import STATUS_BADGES, ago, duration, run_name

POLL = "2s"
_STOPPED = (JobStatus.FAILED, JobStatus.CANCELLED)
_LOG_LINES = 30
_KINDS = {
    JobKind.SALIENCY: "Maps of {}",
    JobKind.FAITHFULNESS: "Trust in maps of {}",
    JobKind.EVALUATE: "Test {}",
    JobKind.LANDMARKS: "Landmarks of {}",
    JobKind.EMBED: "Embeddings by {}",
    JobKind.ISSUES: "Label issues of {}",
    JobKind.TRAIN: "Train {}",
}
PAUSE, RESUME, CANCEL, OVER, SHOW = "Pause", "Resume", "Cancel", "Start over", "Show its run"
MOVES = {
    "Start next": Place.FRONT,
    "Move up": Place.UP,
    "Move down": Place.DOWN,
    "Start last": Place.BACK,
}


def name(job: JobRow, runs: dict[int, RunRow]) -> str:
    """Return what a job does, `Train #3 Fast, eyes covered`, and by which method of maps."""
    run = runs.get(int(job.payload.get("run") or 0))
    what = run_name(run) if run else str(job.payload.get("name", f"job {job.id}"))
    done = _KINDS[job.kind].format(what)
    if "method" not in job.payload:
        return done
    return f"{done}: {method_name(SaliencyMethod(job.payload['method']))}"


def standing(job: JobRow, now: datetime) -> str:
    """Return where a job stands in words: when it was queued, its own message, or its end."""
    if job.status is JobStatus.QUEUED:
        return job.message or f"queued {ago(job.queued_at, now)}"
    if job.status is JobStatus.PAUSED:
        return f"at {job.progress:.0%}" if job.progress else "not started"
    if job.status is JobStatus.RUNNING:
        if job.cancel_requested:
            return "stopping"
        return f"pausing soon: {job.message}" if job.pause_requested else job.message
    if job.finished_at is None:
        return ""
    ended = ago(job.finished_at, now)
    if job.started_at is None:
        return ended
    return f"{ended}, took {duration((job.finished_at - job.started_at).total_seconds())}"


def actions(job: JobRow) -> list[str]:
    """Return what can be done about a job now, the likeliest first."""
    about = [SHOW] if job.kind is JobKind.TRAIN else []
    if job.status is JobStatus.RUNNING:
        return [] if job.cancel_requested else [_other(job), CANCEL, *about]
    if job.status is JobStatus.QUEUED:
        return [PAUSE, *MOVES, CANCEL, *about]
    if job.status is JobStatus.PAUSED:
        return [RESUME, *MOVES, CANCEL, *about]
    return [RESUME, OVER, *about] if job.status in _STOPPED else about


def run_names() -> dict[int, RunRow]:
    """Return all runs by id, the newest first."""
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
        grid = f" :gray-badge[{job.grid}]" if job.grid else ""
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            st.markdown(STATUS_BADGES[job.status], width=80)
            st.markdown(f"{name(job, runs)}{grid}", width="stretch")
        st.caption(standing(job, now), width="content")
        can = actions(job)
        if can:
            _buttons(job.id, can, key=key)
    if job.status is JobStatus.RUNNING or (job.status is JobStatus.PAUSED and job.progress):
        st.progress(min(1.0, job.progress))
    if job.status is JobStatus.FAILED:
        _failure(job)


def _buttons(job_id: int, can: list[str], *, key: str) -> None:
    first, *rest = can
    st.button(first, key=f"{key}_first", width=112, on_click=_act, args=(job_id, first))
    if rest:
        menu = f"{key}_menu"
        st.menu_button(
            ":material/more_horiz:", rest, key=menu, help="What else can be done",
            on_click=_choose, args=(job_id, menu),
        )  # fmt: skip


def _bar(job: JobRow, runs: dict[int, RunRow], now: datetime) -> None:
    text = f"{STATUS_BADGES[job.status]} {name(job, runs)}"
    if job.status is JobStatus.QUEUED:
        st.markdown(f":small[{text}]")
        return
    words = standing(job, now)
    st.progress(min(1.0, job.progress), text=f"{text}: {words}" if words else text)


def _other(job: JobRow) -> str:
    return RESUME if job.pause_requested else PAUSE


def _choose(job_id: int, menu: str) -> None:
    action = st.session_state[menu]
    if action is not None:
        _act(job_id, str(action))


def _act(job_id: int, action: str) -> None:
    """Do what a person chose; a job may have ended meanwhile, which is said."""
    with told():
        if action in MOVES:
            jobs.move(state.workspace(), job_id, MOVES[action])
        else:
            _ACTIONS[action](job_id)


def _show(job_id: int) -> None:
    st.session_state[WATCHED_KEY] = int(jobs.find_job(state.workspace(), job_id).payload["run"])


def _start_over(job_id: int) -> None:
    storage.start_over(state.workspace(), job_id)
    ensure_supervisor(state.workspace())


def _resume(job_id: int) -> None:
    jobs.requeue(state.workspace(), job_id)
    ensure_supervisor(state.workspace())


_ACTIONS: dict[str, Callable[[int], object]] = {
    PAUSE: lambda job_id: jobs.request_pause(state.workspace(), job_id),
    CANCEL: lambda job_id: jobs.request_cancel(state.workspace(), job_id),
    RESUME: _resume,
    OVER: _start_over,
    SHOW: _show,
}


def _failure(job: JobRow) -> None:
    with st.expander("Why it failed"):
        log = jobs.log_tail(state.workspace(), job.id, n_lines=_LOG_LINES)
        st.markdown((job.error or "").splitlines()[0] if job.error else "It left no word.")
        if log:
            st.code(log, language=None, wrap_lines=True)
