"""Versions: freeze the data, see what changed between two, bring one back, export."""

import streamlit as st

from core.services import versions
from core.services.diffs import ChangeKind
from core.services.terms import DatasetRow, VersionRow
from dashboard import state
from dashboard.components import changes, figures, versioning
from dashboard.components.empty import require_dataset


def compare(dataset: DatasetRow, rows: list[VersionRow]) -> None:
    """Draw what changed between two versions, or a version and the data now."""
    st.subheader("What changed", anchor=False)
    before, after = versioning.pick(rows)
    found = changes.difference(dataset.id, dataset.revision, before, after)
    changes.figures(found)
    if not any(found.count(kind) for kind in ChangeKind):
        st.markdown("Nothing: the same faces with the same labels, splits and tags.")
        return
    if found.count(ChangeKind.RELABELED):
        st.markdown("**Labels**, from row to column")
        figures.show(changes.flow(found), key="versions_flow", alt="Faces from label to label")
    if found.count(ChangeKind.MOVED):
        st.markdown("**Splits**, from row to column")
        figures.show(changes.moves(found), key="versions_moves", alt="Faces from split to split")
    changes.browse(found)


dataset = require_dataset()
versioning.said()
rows = [row for row in versions.versions(state.workspace()) if row.dataset_id == dataset.id]
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Frozen", anchor=False)
    if rows:
        versioning.table(rows)
    else:
        st.markdown("No version yet. A run, a comparison and a way back need a frozen version.")
    versioning.freeze(dataset, rows)
with right:
    if rows:
        st.subheader("Bring back", anchor=False)
        versioning.bring_back(dataset, rows)
if rows:
    compare(dataset, rows)
st.subheader("Export", anchor=False)
versioning.export(dataset, rows)
