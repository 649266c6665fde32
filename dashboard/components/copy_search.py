"""What kind of copies to look for, how alike they have to be, and how many pairs there are."""

import streamlit as st

from core.services.near_duplicates import NEAR_BITS, Found
from core.services.scanning import SCAN_BITS, Likeness
from core.services.terms import DatasetRow
from dashboard.components import copies, networks
from dashboard.components.distances import pairs_per_distance, pairs_per_similarity
from dashboard.components.figures import show

LIKENESSES = {
    "Exact": Likeness.EXACT,
    "Near": Likeness.NEAR,
    "Mirrored": Likeness.MIRRORED,
    "Network": Likeness.NETWORK,
}


def search(dataset: DatasetRow) -> Found | None:
    """Draw what to look for, and return what there is; None before a network has looked."""
    names = list(LIKENESSES)
    name = st.segmented_control(
        "Copies", names, default=names[0], required=True, key="duplicates_kind",
        bind="query-params", help="Mirrored: alike once one of them is flipped. Network: alike to "
        "a trained network, which finds other crops and zooms of a photograph.",
    )  # fmt: skip
    likeness = LIKENESSES[name or names[0]]
    if likeness is Likeness.EXACT:
        return copies.found(dataset.id, dataset.revision, likeness, 0)
    left, right = st.columns(2, gap="large")
    with left:
        found = (
            _by_network(dataset) if likeness is Likeness.NETWORK else _by_bits(dataset, likeness)
        )
    if found:
        with right:
            _curve(found)
    return found


def _by_bits(dataset: DatasetRow, likeness: Likeness) -> Found:
    bits = st.slider(
        "Largest difference, in bits", 0, SCAN_BITS, NEAR_BITS, step=2,
        key="duplicates_bits", bind="query-params",
        help="Of the 64 bits of a perceptual hash; faces differ in an even number of them.",
    )  # fmt: skip
    return copies.found(dataset.id, dataset.revision, likeness, bits)


def _by_network(dataset: DatasetRow) -> Found | None:
    run = networks.choose_run(dataset)
    if run is None or not networks.has_compared(run):
        return None
    similarity = networks.choose_similarity()
    found = networks.found(dataset.id, dataset.revision, run.id, similarity)
    networks.notes(found)
    return found


def _curve(found: Found) -> None:
    """Draw how many pairs there are at each distance."""
    if found.likeness is Likeness.NETWORK:
        chart, alt = pairs_per_similarity(found.per_distance, limit=found.limit), "similarity"
    else:
        chart = pairs_per_distance(found.per_distance, limit_bits=found.limit)
        alt = "distance in bits"
    show(chart, key="duplicates_curve", alt=f"Pairs of faces at each {alt}")
