"""Likely wrong labels as people see them: the search, the ranked faces, how many were right."""

from collections.abc import Sequence

import streamlit as st

from core.errors import FeelingItError
from core.jobs.launch import ensure_supervisor
from core.services import experiments, issue_files, issues
from core.services.terms import (
    DatasetRow,
    ImageRow,
    ImageState,
    IssueRow,
    JobRow,
    JobStatus,
    RunRow,
)
from dashboard import state
from dashboard.components import jobs
from dashboard.components.faces import STYLE, stored
from dashboard.format import EMOTION_COLOURS, ago, counted, percent, run_name, title

_STYLE = """<style>
.fi-issues{display:grid;grid-template-columns:repeat(auto-fill,minmax(118px,1fr));gap:20px 12px}
.fi-issues .fi-dot{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:5px}
.fi-issues .fi-score{font-variant-numeric:tabular-nums}
</style>"""


def judge(dataset: DatasetRow) -> RunRow | None:
    """Draw the choice of who judges and return the run; None for networks trained for it.

    Nothing is drawn where the data set has no finished run.
    """
    runs = [
        run
        for run in experiments.runs(state.workspace())
        if run.dataset == dataset.name and run.status is JobStatus.DONE
    ]
    if not runs:
        return None
    return st.selectbox(
        "Judged by", [None, *runs], key="issues_judge", format_func=_judge_name, width=320,
        help="New networks judge every face. A run takes no time, but judges only the faces it "
        "was tested on, without those it saw a copy of.",
    )  # fmt: skip


def start(dataset: DatasetRow, run: RunRow | None) -> None:
    """Queue a search for label issues and have somebody work on it."""
    try:
        issues.enqueue_issues(state.workspace(), dataset.name, run=run.id if run else None)
    except FeelingItError as error:
        st.error(str(error))
        st.stop()
    ensure_supervisor(state.workspace())


def searching(dataset: DatasetRow) -> bool:
    """Draw the searches of a data set under way, polling; return whether there are any."""
    is_busy = bool(issues.searches(state.workspace(), dataset.id))
    if is_busy:
        st.fragment(run_every=jobs.POLL)(_searching)(dataset.id)
    return is_busy


def precision(dataset: DatasetRow) -> None:
    """Draw how many of the worst labels are false, for drawn faces, whose truth is known."""
    figures = issues.precision_on_truth(state.workspace(), dataset.id)
    if not figures:
        return
    st.markdown("**Against the truth of the drawn faces**")
    with st.grid(3, min_column_width=130, gap="small"):
        for one in figures:
            st.metric(
                f"Worst {one.k}", percent(one.share, digits=0),
                help=f"{one.n_false} of these {one.k} labels are false.",
            )  # fmt: skip


def about(dataset: DatasetRow, job: JobRow) -> str:
    """Return who judged whom, what the scores mean and where the list is."""
    ended = f"Searched {ago(job.finished_at)}. " if job.finished_at else ""
    judge = (
        "Every face was judged by networks that saw neither it nor a copy, and by the labels of "
        "the faces that they find most alike."
    )
    if "run" in job.payload:
        n_left_out = issues.n_left_out(state.workspace(), job)
        judge = (
            f"Run #{job.payload['run']} judged. {counted(n_left_out, 'face is', 'faces are')} left "
            "out: it saw them or copies of them, or was not tested on them."
        )
    path = issue_files.default_path(state.workspace(), dataset)
    return (
        f"{ended}{judge} Below each face its label, then what it was taken for. The score runs "
        "from 0, surely wrong, to 1: half of 1 plus the probability of the label minus that of "
        "the likeliest other emotion." + (f" All are listed in `{path}`." if path.exists() else "")
    )


def wall(rows: Sequence[IssueRow], images: Sequence[ImageRow]) -> None:
    """Draw faces in the order of their scores, each with its label and what was suggested."""
    by_id = {image.id: image for image in images}
    contents = state.blobs(tuple(by_id))
    figures = "".join(
        stored(by_id[row.image_id], contents[row.image_id], caption=_caption(row)) for row in rows
    )
    st.html(f'{STYLE}{_STYLE}<div class="fi-issues">{figures}</div>')


def _judge_name(run: RunRow | None) -> str:
    return run_name(run) if run else "Networks trained for it"


def _searching(dataset_id: int) -> None:
    found = issues.searches(state.workspace(), dataset_id)
    if not found:
        st.rerun()
    st.markdown(f"{counted(len(found), 'search', 'searches')} under way; faces appear here after.")
    jobs.table(found, key="issues_job")


def _caption(row: IssueRow) -> str:
    return (
        f"<div>{_dot(row.label.value)}{title(row.label)}</div>"
        f'<div class="fi-dim">{_dot(row.suggested.value)}{row.suggested.value}?</div>'
        f'<div class="fi-dim fi-score">score {row.score:.3f}</div>'
        f"<div>{_outcome(row)}</div>"
    )


def _outcome(row: IssueRow) -> str:
    """Return what became of a label since it was scored; nothing where nobody looked."""
    if row.state is ImageState.DROPPED:
        return "dropped"
    if row.current is not row.label:
        return f"now {row.current.value}"
    return "confirmed" if row.is_reviewed else ""


def _dot(emotion: str) -> str:
    colour = next(colour for known, colour in EMOTION_COLOURS.items() if known.value == emotion)
    return f'<span class="fi-dot" style="background:{colour}"></span>'
