"""Try a face: what a network makes of somebody's picture, and what it looks at."""

import numpy as np
import streamlit as st

from core.jobs import inference
from core.services.presenting.map_names import method_name
from core.services.terms import EMOTIONS, DatasetRow, Emotion, Mask, RunRow, SaliencyMethod
from dashboard import state
from dashboard.components import scores
from dashboard.components.empty import empty, require_dataset
from dashboard.components.trying import cards, shots
from dashboard.components.trying.cards import Judged
from dashboard.components.trying.shots import Tried
from dashboard.format import MASK_WORDS, run_name, title

LIKELIEST = "the likeliest"


def choose_run(dataset: DatasetRow) -> RunRow:
    """Draw the choice of a finished run and return it; end the page where there is none."""
    by_id = {run.id: run for run in scores.finished(dataset)}
    if not by_id:
        empty(
            "There is no trained network on this data set to try. Train a run first.",
            page="views/experiments.py",
            label="Go to experiments",
        )
        st.stop()
    chosen = st.selectbox(
        "Run", list(by_id), key="try_run", bind="query-params", width=280,
        format_func=lambda run_id: run_name(by_id[run_id]),
    )  # fmt: skip
    return by_id[chosen]


def judge(run: RunRow, tried: Tried, method: SaliencyMethod, asked: str) -> list[Judged]:
    """Return what a run makes of faces; it is asked outside of this process."""
    if not tried.names:
        return []
    with st.spinner("Asking the network. The first question takes some seconds", show_time=True):
        odds = inference.classify(state.workspace(), run.id, tried.faces)
        targets = odds.argmax(axis=1)
        if asked != LIKELIEST:
            targets = np.full(len(odds), EMOTIONS.index(Emotion(asked)))
        looks = inference.explain(state.workspace(), run.id, tried.faces, targets, method)
    return [
        Judged(
            name=name,
            face=tried.faces.pixels[number],
            odds=odds[number],
            looks=looks[number],
            target=EMOTIONS[int(targets[number])],
        )
        for number, name in enumerate(tried.names)
    ]


dataset = require_dataset()
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    run = choose_run(dataset)
    method = st.selectbox(
        "Method", list(SaliencyMethod), key="try_method", bind="query-params", width=180,
        format_func=method_name,
    )  # fmt: skip
    asked = st.selectbox(
        "What speaks for", [LIKELIEST, *Emotion], key="try_target", bind="query-params", width=150,
        format_func=lambda one: one if one == LIKELIEST else title(Emotion(one)),
    )  # fmt: skip
    source = st.segmented_control(
        "From", shots.SOURCES, default=shots.UPLOAD, required=True, key="try_from",
        bind="query-params",
    )  # fmt: skip
if run.mask is not Mask.NONE:
    st.caption(f"This run judges faces as it was trained: {MASK_WORDS[run.mask]}.")
for tried in shots.choose(source, dataset, run):
    for number, face in enumerate(judge(run, tried, SaliencyMethod(str(method)), asked)):
        cards.judged(face)
        if tried.is_new:
            cards.keeping(face, dataset, key=f"{tried.key}_{number}")
