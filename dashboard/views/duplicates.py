"""Duplicates: exact copies, what they leak from training into the test, and dropping them."""

import streamlit as st

from core.services import duplicates, undoing
from core.services.duplicates import DuplicateReport
from core.services.terms import DatasetRow
from dashboard import state
from dashboard.components import groups
from dashboard.components.empty import require_dataset
from dashboard.components.tables import leak_table
from dashboard.format import counted, number

GROUPS_PER_PAGE = 12


def figures(report: DuplicateReport) -> None:
    """Draw how many copies there are and what is wrong with them."""
    with st.grid(5, min_column_width=130, gap="small"):
        st.metric("Groups", number(report.groups), help="Sets of pixel-identical faces.")
        st.metric("Faces in groups", number(report.images))
        st.metric("Surplus copies", number(report.surplus), help="All but one of each group.")
        st.metric(
            "Across splits", number(report.cross_split_groups),
            help="Groups with members in more than one split: the test leaks into training.",
        )  # fmt: skip
        st.metric(
            "Labels differ", number(report.conflicting_groups),
            help="Groups whose members have different labels.",
        )  # fmt: skip


def drop_surplus(dataset: DatasetRow, report: DuplicateReport) -> None:
    """Draw the button that drops surplus copies; it says how many before it does."""
    kept = state.progress(dataset.id, dataset.revision).kept
    st.markdown(
        f"Dropping keeps one of each group, the training copy where there is one, and leaves "
        f"**{number(kept - report.surplus)}** of {counted(kept, 'face')}. It can be undone."
    )
    label = f"Drop {counted(report.surplus, 'surplus copy', 'surplus copies')}"
    if st.button(label, key="duplicates_drop", type="primary", icon=":material/delete_sweep:"):
        duplicates.dedupe(state.workspace(), dataset.id, annotator=state.annotator())
        st.rerun()


def undo_drop(dataset: DatasetRow) -> None:
    """Draw the way back from the newest drop of surplus copies, where there is one."""
    last = duplicates.last_dedupe(state.workspace(), dataset.id)
    if last is None:
        return
    label = f"Bring back {counted(last.dropped, 'dropped copy', 'dropped copies')}"
    if st.button(label, key="duplicates_undo", icon=":material/undo:"):
        undoing.undo(state.workspace(), last.batch, annotator=state.annotator())
        st.rerun()


def browse(dataset: DatasetRow, report: DuplicateReport) -> None:
    """Draw a page of groups."""
    st.subheader("Groups", anchor=False)
    n_pages = -(-report.groups // GROUPS_PER_PAGE)
    page = st.pagination(n_pages, key="duplicates_page", bind="query-params")
    start = (min(page, n_pages) - 1) * GROUPS_PER_PAGE
    groups.draw(
        state.duplicate_groups(dataset.id, dataset.revision, start=start, limit=GROUPS_PER_PAGE)
    )


dataset = require_dataset()
report = state.exact_report(dataset.id, dataset.revision)
figures(report)
left, right = st.columns(2, gap="large")
with left:
    st.subheader("Leakage", anchor=False)
    st.table(leak_table(report), border="horizontal", hide_index=True, alt="Leakage per split")
with right:
    st.subheader("Cleaning", anchor=False)
    if report.groups:
        drop_surplus(dataset, report)
    else:
        st.markdown("No two kept faces have the same pixels.")
    undo_drop(dataset)
if report.groups:
    browse(dataset, report)
