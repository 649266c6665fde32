"""Label issues: the faces whose labels networks doubt that never saw them, worst first."""

import streamlit as st

from core.services import issue_files, issues
from core.services.terms import DatasetRow
from dashboard import state
from dashboard.components import issues as parts
from dashboard.components.empty import require_dataset
from dashboard.format import number, percent

FACES_PER_PAGE = 48
WORST = 1000


def offer(dataset: DatasetRow, *, is_first: bool) -> None:
    """Draw who is to judge and the button that starts a search."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        run = parts.judge(dataset)
        if st.button(
            "Look for label issues" if is_first else "Search again", key="issues_start",
            type="primary" if is_first else "secondary", icon=":material/search:",
            help="Among the kept faces with their labels as they are now.",
        ):  # fmt: skip
            parts.start(dataset, run)
            st.rerun()


def first_time(dataset: DatasetRow) -> None:
    """Draw what a search does, and its button."""
    st.markdown(
        "Four small networks share the faces so that each judges only faces that it never saw, "
        "nor a copy of them. The labels they doubt most come first. FER2013's 35,887 faces take "
        "about a quarter of an hour on two cores; a thousand take a few minutes."
    )
    offer(dataset, is_first=True)


def figures(dataset: DatasetRow, n_scored: int) -> None:
    """Draw how many labels were scored, and how many of the reviewed ones were wrong."""
    done = issues.reviewed(state.workspace(), dataset.id, worst=WORST)
    share = percent(done.changed / done.reviewed, digits=0) if done.reviewed else "-"
    worst = f"Of the {number(done.looked_at)} worst labels."
    with st.grid(3, min_column_width=130, gap="small"):
        st.metric("Labels scored", number(n_scored))
        st.metric("Reviewed", number(done.reviewed), help=f"{worst} By a person, since the search.")
        st.metric("Of these changed", share, help="Relabeled or dropped: the search was right.")


def actions(dataset: DatasetRow) -> None:
    """Draw what can be done with the ranked faces."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.page_link(
            "views/relabel.py", label="Relabel them, worst first", icon=":material/keyboard:",
            query_params={"dataset": dataset.name, "queue": "likely_wrong"},
        )  # fmt: skip
        st.download_button(
            "CSV", lambda: issue_files.csv_text(state.workspace(), dataset.id),
            file_name=f"{dataset.name}-label-issues.csv", mime="text/csv", key="issues_csv",
            icon=":material/download:", on_click="ignore",
            help="All scored faces: image, label, suggested, score.",
        )  # fmt: skip
        offer(dataset, is_first=False)


def browse(dataset: DatasetRow, n_scored: int) -> None:
    """Draw a page of faces, worst first."""
    n_pages = -(-n_scored // FACES_PER_PAGE)
    page = int(st.session_state.get("issues_page") or 1)
    start = (min(page, n_pages) - 1) * FACES_PER_PAGE
    rows = issues.ranked(state.workspace(), dataset.id, FACES_PER_PAGE, start=start)
    ids = tuple(row.image_id for row in rows)
    parts.wall(rows, state.image_rows(ids, dataset.id, dataset.revision))
    st.pagination(n_pages, key="issues_page", bind="query-params")


dataset = require_dataset()
n_scored = issues.n_scored(state.workspace(), dataset.id)
is_busy = parts.searching(dataset)
if n_scored:
    job = issues.scored_by(state.workspace(), dataset.id)
    figures(dataset, n_scored)
    parts.precision(dataset)
    if not is_busy:
        actions(dataset)
    if job is not None and job.finished_at is not None:
        st.caption(parts.about(dataset, job))
    browse(dataset, n_scored)
elif not is_busy:
    first_time(dataset)
