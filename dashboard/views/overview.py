"""Overview: what is in the data before and after cleaning, what runs, what to do next."""

import streamlit as st

from core.services.terms import DatasetRow, Split
from dashboard import state
from dashboard.components import faces, figures
from dashboard.components.bars import count_bars
from dashboard.components.empty import require_dataset
from dashboard.components.jobs import running_now
from dashboard.components.steps import next_steps
from dashboard.components.tables import count_table
from dashboard.format import SPLIT_NAMES, number, percent

PER_EMOTION = 5


def tallies(dataset: DatasetRow) -> None:
    """Draw how many faces there are and how far the cleaning has come."""
    done = state.progress(dataset.id, dataset.revision)
    with st.grid(5, min_column_width=120, gap="small"):
        st.metric("Faces imported", number(done.images))
        st.metric("Kept", number(done.kept))
        st.metric("Dropped", number(done.dropped))
        st.metric("Relabeled", number(done.relabeled))
        st.metric("Looked at", percent(done.touched / max(1, done.kept)))


def balance(dataset: DatasetRow) -> None:
    """Draw the counts of one split or all: figure 1 of the study."""
    counts = state.counts(dataset.id, dataset.revision)
    st.subheader("Faces per emotion", anchor=False)
    options = ["all", *dict.fromkeys(count.split.value for count in counts)]
    chosen = st.segmented_control(
        "Split", options, default="all", required=True, key="overview_split",
        format_func=lambda value: "All" if value == "all" else SPLIT_NAMES[Split(value)],
        label_visibility="collapsed",
    )  # fmt: skip
    part = [count for count in counts if chosen in ("all", count.split.value)]
    figures.show(count_bars(part), key="overview_bars", alt="Faces per emotion, imported and now")
    st.caption("Faded: as imported. Full: kept now, by the label now.")


def table(dataset: DatasetRow) -> None:
    """Draw the counts per split and emotion: table 1 of the study."""
    st.subheader("Counts per split", anchor=False)
    counts = state.counts(dataset.id, dataset.revision)
    st.html(count_table(counts))


def gallery(dataset: DatasetRow) -> None:
    """Draw the first faces of each emotion: figure 2 of the study."""
    st.subheader("Five of each emotion", anchor=False)
    faces.wall(state.samples(dataset.id, dataset.revision, per_emotion=PER_EMOTION))


dataset = require_dataset()
tallies(dataset)
left, right = st.columns([5, 3], gap="large")
with left:
    balance(dataset)
with right:
    st.subheader("What to do next", anchor=False)
    next_steps(dataset)
    st.subheader("Running now", anchor=False)
    running_now()
table(dataset)
gallery(dataset)
