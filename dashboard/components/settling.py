"""Settle many groups of copies at once by a rule, and take the newest of it back."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.services import settling, undoing
from core.services.duplicates import BULK_REASONS
from core.services.near_duplicates import Group
from core.services.scanning import Likeness
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
ALL_AT_ONCE = (Likeness.EXACT, Likeness.NEAR)
_DROPPED = ("{} copy dropped", "{} copies dropped")
_WORDS = dict(
    zip(BULK_REASONS, (_DROPPED, _DROPPED, ("{} face given another label",
                       "{} faces given one label"), ("{} face moved to another split",
                       "{} faces moved to another split")), strict=True)
) | {
    DuplicateVerdict.DIFFERENT.value: ("{} pair differs", "{} pairs differ"),
    DuplicateVerdict.SAME.value: ("{} pair is the same face", "{} pairs are the same face"),
}  # fmt: skip


def settle_many(
    dataset: DatasetRow, shown: Sequence[Group], groups: Sequence[Group], *, likeness: Likeness
) -> KeepRule:
    """Draw the rule and the buttons that apply it, and return the rule.

    Mirrored faces, and those that a network finds alike, are often other people: a person has to
    look at each group, so only those on screen can be settled at once.
    """
    rule = RULES[
        st.selectbox("Keep", list(RULES), key="duplicates_rule", bind="query-params", width=220)
    ]
    choices = [(shown, "drop_page", "these"), (groups, "drop", "all")]
    if likeness not in ALL_AT_ONCE:
        del choices[1]
    kept = state.progress(dataset.id, dataset.revision).kept
    with st.container(horizontal=True):
        for some, key, where in choices:
            ids = tuple(group.image_ids for group in some)
            plans = copies.keeping(dataset.id, dataset.revision, ids, rule)
            n_dropped = sum(len(plan.drop) for plan in plans)
            action = partial(settling.keep, state.workspace(), plans, annotator=state.annotator())
            of_groups = f"{where} {counted(len(plans), 'group')}"
            label = f"Keep one of each of {of_groups}: drop {number(n_dropped)}"
            st.button(label, key=f"duplicates_{key}", on_click=partial(copies.act, action))
    if likeness in ALL_AT_ONCE:
        left = number(kept - n_dropped)
        st.caption(f"Dropping all leaves **{left}** of {counted(kept, 'face')}.")
    return rule


def undo_last(dataset: DatasetRow) -> None:
    """Draw the way back from the newest thing done here, where there is one."""
    last = settling.last_action(state.workspace(), dataset.id)
    if last:
        one, many = _WORDS[last.what]
        words = (one if last.n == 1 else many).format(number(last.n))
        action = partial(undoing.undo, state.workspace(), last.batch, annotator=state.annotator())
        st.button(
            f"Undo: {words}", key="duplicates_undo", icon=":material/undo:",
            on_click=partial(copies.act, action),
        )  # fmt: skip
