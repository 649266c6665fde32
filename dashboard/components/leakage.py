"""What copies give away between splits, and the button that makes splits leak-free."""

from functools import partial

import pandas as pd
import streamlit as st

from core.services import splitting
from core.services.duplicates import DuplicateReport
from core.services.splitting import Separation
from core.services.terms import DatasetRow
from dashboard import state
from dashboard.components.copies import act
from dashboard.components.tables import leak_table
from dashboard.format import SPLIT_NAMES, counted, number


@st.cache_data(max_entries=16, show_spinner=False)
def preview(dataset_id: int, revision: int) -> Separation:
    """Return what making a data set leak-free would do at a revision."""
    return splitting.preview(state.workspace(), dataset_id)


def draw(dataset: DatasetRow, report: DuplicateReport) -> None:
    """Draw the leakage per split and per pair of splits, and the way out of it."""
    planned = preview(dataset.id, dataset.revision)
    left, right = st.columns(2, gap="large")
    with left:
        st.table(leak_table(report), border="horizontal", hide_index=True, alt="Leakage per split")
    with right:
        table = crossing_table(planned)
        st.table(table, border="horizontal", hide_index=True, alt="Groups in two splits")
    if planned.moved == 0:
        st.markdown("No group of exact or confirmed copies is in two splits.")
        return
    st.markdown(
        "Making the splits leak-free puts each group of exact copies, joined with what was "
        "confirmed as the same face, into the split that has most of it, training first where "
        f"two have as many. That moves **{counted(planned.moved, 'face')}**: {moves(planned)}. "
        "The splits that faces came with stay on record, and it can be undone."
    )
    st.button(
        f"Make leak-free: move {counted(planned.moved, 'face')}", key="duplicates_leak_free",
        icon=":material/call_split:", on_click=partial(act, partial(_separate, dataset.id)),
    )  # fmt: skip


def crossing_table(planned: Separation) -> pd.DataFrame:
    """Return, for each pair of splits in use, how many groups are in both, now and then."""
    return pd.DataFrame(
        [
            {
                "Groups in both": f"{SPLIT_NAMES[one]} and {SPLIT_NAMES[other].lower()}",
                "Now": number(n),
                "Leak-free": number(planned.after[one, other]),
            }
            for (one, other), n in planned.before.items()
            if {one, other} <= set(planned.sizes_before)
        ]
    )


def moves(planned: Separation) -> str:
    """Return where faces would move, in words."""
    return ", ".join(
        f"{number(n)} from {SPLIT_NAMES[old].lower()} to {SPLIT_NAMES[new].lower()}"
        for (old, new), n in sorted(planned.moves.items(), key=lambda move: -move[1])
    )


def _separate(dataset_id: int) -> None:
    splitting.separate(state.workspace(), dataset_id, annotator=state.annotator())
