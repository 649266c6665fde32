"""Saliency: where networks look for each emotion, beside where people look."""

from collections.abc import Callable

import streamlit as st

from core.services.terms import DatasetRow, RunRow
from dashboard.components import scores
from dashboard.components.empty import empty, require_dataset
from dashboard.components.saliency_maps import one_face, panel, people

PARTS: dict[str, Callable[[DatasetRow, list[RunRow]], None]] = {
    "Maps": panel.draw,
    "One face": one_face.draw,
    "Human maps": people.draw,
}

dataset = require_dataset()
runs = scores.finished(dataset)
if not runs:
    empty(
        "There is no trained network on this data set to look into. Train a run first.",
        page="views/experiments.py",
        label="Go to experiments",
    )
    st.stop()
part = st.segmented_control(
    "Part", list(PARTS), default="Maps", required=True, key="saliency_part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part](dataset, runs)
