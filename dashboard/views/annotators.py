"""Annotators: who labeled how much, how far they agree, whose judgement counts, disputes."""

import streamlit as st

from core.services.annotators import is_anonymous
from dashboard.components import adjudication, agreement, people
from dashboard.components.empty import empty, require_dataset
from dashboard.components.people import table

dataset = require_dataset()
everyone = people.everyone(dataset)
if not everyone:
    empty(
        "Nobody has judged a face of this data set yet. Several people can judge the same faces, "
        "each under their own name in the sidebar.",
        page="views/relabel.py",
        label="Relabel faces",
    )
    st.stop()

left, right = st.columns([5, 3], gap="large")
with left:
    st.subheader("People", anchor=False)
    st.dataframe(
        table(everyone), hide_index=True, key="annotators_people",
        alt="Annotators with their group and what they did",
    )  # fmt: skip
    people.group_form(everyone)
    people.rename_form(everyone)
with right:
    st.subheader("Label policy", anchor=False)
    people.policy_form(dataset)

st.subheader("Agreement", anchor=False)
groups = tuple((one.name, one.group) for one in everyone)
found = agreement.report(dataset.id, dataset.revision, groups)
agreement.overall(found)
left, right = st.columns(2, gap="large")
with left:
    st.markdown("**Each emotion against all others**")
    st.table(
        agreement.emotion_table(found), border="horizontal", hide_index=True,
        alt="Agreement on each emotion",
    )  # fmt: skip
with right:
    st.markdown("**Each two annotators: Cohen's kappa**")
    agreement.pairs(found)
    if any(is_anonymous(one.name) for one in everyone):
        st.caption(agreement.ANONYMOUS_NOTE)
    st.markdown("**Within and between groups**")
    agreement.groups(found)

st.subheader("Disputed faces", anchor=False)
adjudication.queue()
