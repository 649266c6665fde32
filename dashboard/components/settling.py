"""Settle many groups of copies at once by a rule, and take the newest of it back."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.services import settling, undoing
from core.services.duplicates import BULK_REASONS
from core.services.near_duplicates import Group
from core.services.settling import KeepRule
from core.services.terms import DatasetRow, DuplicateVerdict
from dashboard import state
from dashboard.components import copies
from dashboard.format import counted, number

RULES = {
    "Training first": KeepRule.TRAINING,
    "First imported": KeepRule.FIRST,
    "Majority label": KeepRule.MAJORITY,
}
_WORDS = dict(
    zip(BULK_REASONS, ("{} copies dropped", "{} copies dropped", "{} faces given one label",
                       "{} faces moved to another split"), strict=True)
) | {
    DuplicateVerdict.DIFFERENT.value: "{} pairs differ",
    DuplicateVerdict.SAME.value: "{} pairs are the same face",
}  # fmt: skip


def settle_many(dataset: DatasetRow, shown: Sequence[Group], groups: Sequence[Group]) -> KeepRule:
    """Draw the rule and the buttons that apply it, and return the rule."""
    rule = RULES[
        st.selectbox("Keep", list(RULES), key="duplicates_rule", bind="query-params", width=220)
    ]
    kept = state.progress(dataset.id, dataset.revision).kept
    with st.container(horizontal=True):
        for some, key, where in ((shown, "drop_page", "these"), (groups, "drop", "all")):
            ids = tuple(group.image_ids for group in some)
            plans = copies.keeping(dataset.id, dataset.revision, ids, rule)
            n_dropped = sum(len(plan.drop) for plan in plans)
            action = partial(settling.keep, state.workspace(), plans, annotator=state.annotator())
            of_groups = f"{where} {counted(len(plans), 'group')}"
            label = f"Keep one of each of {of_groups}: drop {number(n_dropped)}"
            st.button(label, key=f"duplicates_{key}", on_click=partial(copies.act, action))
    st.caption(f"Dropping all leaves **{number(kept - n_dropped)}** of {counted(kept, 'face')}.")
    return rule


def undo_last(dataset: DatasetRow) -> None:
    """Draw the way back from the newest thing done here, where there is one."""
    last = settling.last_action(state.workspace(), dataset.id)
    if last:
        words = _WORDS[last.what].format(number(last.n))
        action = partial(undoing.undo, state.workspace(), last.batch, annotator=state.annotator())
        st.button(
            f"Undo: {words}", key="duplicates_undo", icon=":material/undo:",
            on_click=partial(copies.act, action),
        )  # fmt: skip
