"""Saliency: where networks look for each emotion, beside where people look."""

from collections.abc import Callable

import streamlit as st

from core.services.terms import DatasetRow, RunRow
from dashboard.components import linked, scores
from dashboard.components.empty import empty, require_dataset
from dashboard.components.saliency_maps import faithful, hurting, one_face, panel, people

PARTS: dict[str, tuple[str, Callable[[DatasetRow, list[RunRow]], None]]] = {
    "maps": ("Maps", panel.draw),
    "face": ("One face", one_face.draw),
    "faithfulness": ("Faithfulness", faithful.draw),
    "covering": ("Does covering hurt", hurting.draw),
    "people": ("Human maps", people.draw),
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
part = linked.segments(
    "Part", list(PARTS), key="saliency_part", words=lambda one: PARTS[one][0], is_named=False
)
PARTS[part][1](dataset, runs)
