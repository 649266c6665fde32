"""Duplicates: exact, near and mirrored copies side by side, settled, and kept out of the test."""

import streamlit as st

from core.services.near_duplicates import NEAR_BITS, Found
from core.services.scanning import SCAN_BITS, Likeness
from core.services.terms import DatasetRow
from dashboard import state
from dashboard.components import copies, leakage, settling
from dashboard.components.distances import pairs_per_distance
from dashboard.components.empty import require_dataset
from dashboard.components.figures import show
from dashboard.format import number

GROUPS_PER_PAGE = 8
LIKENESSES = {"Exact": Likeness.EXACT, "Near": Likeness.NEAR, "Mirrored": Likeness.MIRRORED}
EMPTY = {
    Likeness.EXACT: "No two kept faces have the same pixels.",
    Likeness.NEAR: "No near copies are left at this limit. Raise it to look further.",
    Likeness.MIRRORED: "No mirrored copies are left at this limit. Raise it to look further.",
}


def choose(dataset: DatasetRow) -> Found:
    """Draw what to look for, and return what there is."""
    left, right = st.columns(2, gap="large")
    with left:
        names = list(LIKENESSES)
        name = st.segmented_control(
            "Copies", names, default=names[0], required=True, key="duplicates_kind",
            bind="query-params", help="Mirrored: alike once one of them is flipped.",
        )  # fmt: skip
        likeness = LIKENESSES[name or names[0]]
        bits = 0
        if likeness is not Likeness.EXACT:
            bits = st.slider(
                "Largest difference, in bits", 0, SCAN_BITS, NEAR_BITS, step=2,
                key="duplicates_bits", bind="query-params",
                help="Of the 64 bits of a perceptual hash; faces differ in an even number of them.",
            )  # fmt: skip
    found = copies.found(dataset.id, dataset.revision, likeness, bits)
    if likeness is not Likeness.EXACT:
        with right:
            chart = pairs_per_distance(found.per_distance, limit_bits=bits)
            show(chart, key="duplicates_curve", alt="Pairs of faces at each distance in bits")
    return found


def figures(found: Found) -> None:
    """Draw how many copies there are and what is wrong with them."""
    with st.grid(5, min_column_width=130, gap="small"):
        st.metric("Groups", number(len(found.groups)), help="Sets of faces that are copies.")
        st.metric("Faces in groups", number(found.images))
        st.metric("Pairs", number(found.pairs), help="Pairs of faces within the limit.")
        st.metric("Across splits", number(found.cross_split_groups), help="Groups that may leak.")
        st.metric("Labels differ", number(found.conflicting_groups))


def browse(dataset: DatasetRow, found: Found) -> None:
    """Draw a page of groups and what can be done with them, those settled only if asked for."""
    groups = found.groups
    if any(group.is_settled for group in groups):
        with_settled = st.toggle(
            "Show settled groups too", key="duplicates_settled", bind="query-params"
        )
        groups = tuple(group for group in groups if with_settled or not group.is_settled)
    if not groups:
        st.markdown(EMPTY[found.likeness])
        return
    n_pages = -(-len(groups) // GROUPS_PER_PAGE)
    page = int(st.session_state.get("duplicates_page") or 1)
    start = (min(page, n_pages) - 1) * GROUPS_PER_PAGE
    shown = groups[start : start + GROUPS_PER_PAGE]
    rule = settling.settle_many(dataset, shown, groups)
    copies.draw(shown, likeness=found.likeness, rule=rule)
    st.pagination(n_pages, key="duplicates_page", bind="query-params")


dataset = require_dataset()
copies.show_error()
found = choose(dataset)
figures(found)
settling.undo_last(dataset)
browse(dataset, found)
st.subheader("Leakage", anchor=False)
leakage.draw(dataset, state.exact_report(dataset.id, dataset.revision))
