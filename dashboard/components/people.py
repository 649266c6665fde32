"""The annotators of a data set: who did how much, their groups, and whose judgement counts."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.services import annotators, policies
from core.services.annotators import Annotator
from core.services.policies import PolicyChange
from core.services.terms import DatasetRow, LabelPolicy
from dashboard import state
from dashboard.format import ago, counted

NO_GROUP = "no group"
POLICY_NAMES = {
    LabelPolicy.LATEST: "Latest",
    LabelPolicy.MAJORITY: "Majority",
    LabelPolicy.ADJUDICATED: "Adjudicated",
}
POLICY_NOTES = {
    LabelPolicy.LATEST: "A face's label is what the newest judgement says.",
    LabelPolicy.MAJORITY: "A face's label is what more than half of its annotators say; where no "
    "emotion has that many votes, it stays as it is. A press on the Relabel page is a vote.",
    LabelPolicy.ADJUDICATED: "Only adjudication changes a face's label. A press on the Relabel "
    "page is a vote.",
}


@st.cache_data(max_entries=8, show_spinner=False)
def _tallied(dataset_id: int, revision: int, groups: frozenset[tuple[str, str]]) -> list[Annotator]:
    return annotators.annotators(state.workspace(), dataset_id)


@st.cache_data(max_entries=16, show_spinner="Counting labels that would change")
def _preview(dataset_id: int, revision: int, chosen: LabelPolicy) -> int:
    return policies.preview(state.workspace(), dataset_id, chosen)


def everyone(dataset: DatasetRow) -> list[Annotator]:
    """Return who judged faces of a data set."""
    groups = frozenset(annotators.groups(state.workspace()).items())
    return _tallied(dataset.id, dataset.revision, groups)


def table(people: Sequence[Annotator]) -> pd.DataFrame:
    """Return a row for each annotator with what they did."""
    return pd.DataFrame(
        [
            {
                "Annotator": one.name,
                "Group": one.group or "",
                "Faces": one.images,
                "Changed": one.labels,
                "Confirmed": one.confirmations,
                "Votes": one.votes,
                "Last": ago(one.last_at) if one.last_at else "",
            }
            for one in people
        ]
    )


def group_form(people: Sequence[Annotator]) -> None:
    """Draw the pickers that put an annotator into a group."""
    group_of = {one.name: one.group or NO_GROUP for one in people}
    options = [NO_GROUP, *sorted(set(group_of.values()) - {NO_GROUP})]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.selectbox("Annotator to group", list(group_of), key="annotators_name", width=200)
        group = st.selectbox(
            "Group", options, index=options.index(group_of[name]), key=f"annotators_group_{name}",
            accept_new_options=True, width=200, help="Choose one or type a new name.",
        )  # fmt: skip
        if st.button("Save group", key="annotators_save", icon=":material/group_add:"):
            chosen = None if group == NO_GROUP else group
            annotators.set_group(state.workspace(), name, chosen)
            st.rerun()


def rename_form(people: Sequence[Annotator]) -> None:
    """Draw the renaming of a group; a name that another group has joins the two."""
    groups = sorted({one.group for one in people if one.group})
    if not groups:
        return
    with st.popover("Rename a group", icon=":material/edit:"):
        old = st.selectbox("Group to rename", groups, key="annotators_rename")
        new = st.text_input(
            "New name", key="annotators_new_name", max_chars=100,
            help="The name of another group joins the two; blank takes everybody out of it.",
        )  # fmt: skip
        if st.button("Rename", key="annotators_rename_save"):
            annotators.rename_group(state.workspace(), old, new)
            st.rerun()


def policy_form(dataset: DatasetRow) -> None:
    """Draw the label policy, what another would change, and the way there and back."""
    chosen = st.segmented_control(
        "Label policy", list(POLICY_NAMES), default=dataset.label_policy, required=True,
        format_func=POLICY_NAMES.__getitem__, key="annotators_policy",
        label_visibility="collapsed",
    )  # fmt: skip
    st.markdown(POLICY_NOTES[chosen])
    if chosen is not dataset.label_policy:
        n = _preview(dataset.id, dataset.revision, chosen)
        st.markdown(f"Setting it now changes **{counted(n, 'label')}**. It can be taken back.")
        if st.button(
            f"Set to {POLICY_NAMES[chosen].lower()}", key="annotators_set", type="primary"
        ):
            policies.set_policy(state.workspace(), dataset.id, chosen, annotator=state.annotator())
            st.rerun()
    _way_back(dataset)


@st.cache_data(max_entries=8, show_spinner=False)
def _last_change(dataset_id: int, revision: int) -> PolicyChange | None:
    return policies.last_change(state.workspace(), dataset_id)


def _way_back(dataset: DatasetRow) -> None:
    """Draw the button that takes the last change of policy back, whoever made it and when."""
    change = _last_change(dataset.id, dataset.revision)
    if change is None:
        return
    st.caption(f"{counted(change.changed, 'label')} changed when the policy was set.")
    if st.button(
        f"Back to {POLICY_NAMES[change.before].lower()}", key="annotators_back",
        icon=":material/undo:",
    ):  # fmt: skip
        policies.take_back(state.workspace(), dataset.id, change, annotator=state.annotator())
        del st.session_state["annotators_policy"]
        st.rerun()
