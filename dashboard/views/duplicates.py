"""Duplicates: copies of every kind side by side, settled, and kept out of the test."""

from collections.abc import Callable

import streamlit as st

from core.services.near_duplicates import Found, Group
from core.services.terms import DatasetRow
from dashboard import state
from dashboard.components import copies, leakage, settling
from dashboard.components.copy_search import search
from dashboard.components.empty import require_dataset
from dashboard.format import number

GROUPS_PER_PAGE = 8
SHOWN: dict[str, Callable[[Group], bool]] = {
    "All": lambda group: True,
    "Labels differ": lambda group: group.is_conflicting,
    "Across splits": lambda group: group.is_across,
}


def figures(found: Found) -> None:
    """Draw how many copies there are and what is wrong with them."""
    with st.grid(5, min_column_width=130, gap="small"):
        st.metric("Groups", number(len(found.groups)), help="Sets of faces that are copies.")
        st.metric("Faces in groups", number(found.images))
        st.metric("Pairs", number(found.pairs), help="Pairs of faces within the limit.")
        st.metric("Across splits", number(found.cross_split_groups), help="Groups that may leak.")
        st.metric("Labels differ", number(found.conflicting_groups))


def wanted(found: Found) -> tuple[Group, ...]:
    """Draw which groups to show and return them; those settled are hidden at first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            "Groups", list(SHOWN), default="All", required=True, key="duplicates_show",
            bind="query-params",
        )  # fmt: skip
        with_settled = any(group.is_settled for group in found.groups) and st.toggle(
            "Settled ones too", key="duplicates_settled", bind="query-params"
        )
    is_shown = SHOWN[name or "All"]
    return tuple(
        group
        for group in found.groups
        if is_shown(group) and (with_settled or not group.is_settled)
    )


def browse(dataset: DatasetRow, found: Found) -> None:
    """Draw a page of groups and what can be done with them."""
    groups = wanted(found)
    if not groups:
        st.markdown(copies.nothing(found))
        return
    n_pages = -(-len(groups) // GROUPS_PER_PAGE)
    page = int(st.session_state.get("duplicates_page") or 1)
    start = (min(page, n_pages) - 1) * GROUPS_PER_PAGE
    shown = groups[start : start + GROUPS_PER_PAGE]
    rule = settling.settle_many(dataset, shown, groups, likeness=found.likeness)
    copies.draw(shown, likeness=found.likeness, rule=rule)
    st.pagination(n_pages, key="duplicates_page", bind="query-params")


dataset = require_dataset()
copies.show_error()
found = search(dataset)
if found:
    figures(found)
settling.undo_last(dataset)
if found:
    browse(dataset, found)
st.subheader("Leakage", anchor=False)
leakage.draw(dataset, state.exact_report(dataset.id, dataset.revision))
