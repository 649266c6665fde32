"""What the Saliency page is asked: which columns, of which faces, painted how."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.maps.colouring import ColourMap
from core.services.human_maps import human_maps
from core.services.map_columns import MapColumn, Outcome, usual_columns
from core.services.presenting.map_names import OUTCOME_NAMES, method_name
from core.services.presenting.map_prints import MapLook
from core.services.terms import DatasetRow, Emotion, RunRow, SaliencyMethod
from dashboard import state
from dashboard.format import run_name, title

ALL = "all"
NONE = "none"
MOST_COLUMNS = 8
COLOUR_NAMES = {
    ColourMap.INFERNO: "Inferno",
    ColourMap.VIRIDIS: "Viridis",
    ColourMap.CIVIDIS: "Cividis",
    ColourMap.MAGMA: "Magma",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is shown.

    Attributes:
        dataset: The chosen data set.
        runs: Its finished runs in the study's order.
        columns: The columns, from left to right.
        against: Key of the human maps that networks are scored against.
        outcome: Of which faces.
        emotions: The rows.
    """

    dataset: DatasetRow
    runs: list[RunRow]
    columns: list[MapColumn]
    against: str
    outcome: Outcome
    emotions: list[Emotion]


def choose(dataset: DatasetRow, runs: list[RunRow], *, beside: Callable[[], None]) -> Choice:
    """Draw what can be chosen of the maps, and at the line's end `beside`; return the choice."""
    names = column_names(runs)
    usual = [column.text for column in usual_columns(runs)]
    columns = st.multiselect(
        "Columns", list(names), default=[text for text in usual if text in names],
        max_selections=MOST_COLUMNS, key="saliency_columns", bind="query-params",
        format_func=lambda text: names[text][1], placeholder="Choose runs and human maps",
        help="Any run by any method, and any human maps. Type to find one.",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        outcome = st.segmented_control(
            "Faces", list(Outcome), default=Outcome.ALL, required=True,
            key="saliency_outcome", format_func=lambda one: OUTCOME_NAMES[one],
            bind="query-params",
            help="All test faces with the emotion as their label, or those that the run got right "
            "or wrong.",
        )  # fmt: skip
        against = choose_human("Scored against", key="saliency_against")
        emotion = st.selectbox(
            "Emotion", [ALL, *Emotion], key="saliency_emotion", width=110, bind="query-params",
            format_func=lambda one: "All" if one == ALL else title(Emotion(one)),
        )  # fmt: skip
        beside()
    return Choice(
        dataset=dataset,
        runs=runs,
        columns=[names[text][0] for text in columns],
        against=against,
        outcome=Outcome(outcome),
        emotions=list(Emotion) if emotion == ALL else [Emotion(emotion)],
    )


def choose_human(label: str, *, key: str) -> str:
    """Draw the choice of human maps and return their key."""
    titles = {maps.key: maps.title for maps in human_maps(state.workspace())}
    return str(
        st.selectbox(
            label, list(titles), key=key, width=250, bind="query-params",
            format_func=lambda one: titles[one],
        )
    )  # fmt: skip


def choose_look() -> MapLook:
    """Draw how maps are painted and return it."""
    strength = st.slider(
        "Overlay strength", 0, 100, 70, step=5, key="saliency_strength", width=200,
        bind="query-params", format="%d %%", help="0 shows the face alone, 100 the map alone.",
    )  # fmt: skip
    colours = st.selectbox(
        "Colours", list(ColourMap), key="saliency_colours", width=120, bind="query-params",
        format_func=lambda one: COLOUR_NAMES[one],
    )  # fmt: skip
    with st.container(gap="xxsmall", width="content"):
        outlined = st.toggle(
            "Action units", key="saliency_outlines", bind="query-params",
            help="Outlines where the action units show that at least half of people use for the "
            "emotion (Du, Tao & Martinez 2014). Neutral has none.",
        )  # fmt: skip
        one_scale = st.toggle(
            "One scale", key="saliency_scale", bind="query-params",
            help="All maps on one scale, in times chance. Otherwise each map by its own largest "
            "value, so weak maps look as hot as strong ones.",
        )  # fmt: skip
    return MapLook(
        colours=ColourMap(str(colours)),
        strength=strength / 100,
        has_outlines=outlined,
        is_one_scale=one_scale,
    )


def choose_difference(choice: Choice) -> tuple[int, int] | None:
    """Draw the choice of two columns to subtract and return their places, None for none."""
    texts = [column.text for column in choice.columns]
    names = column_names(choice.runs)
    with st.popover("Difference", icon=":material/difference:"):
        if len(texts) < 2:
            st.caption("Choose two columns to see their difference.")
            return None
        first = st.selectbox(
            "Show how much more", [NONE, *texts], key="saliency_more", bind="query-params",
            format_func=lambda one: "No difference" if one == NONE else names[one][1],
        )  # fmt: skip
        second = st.selectbox(
            "looks there than", texts, index=1, key="saliency_less", bind="query-params",
            format_func=lambda one: names[one][1],
        )  # fmt: skip
    if first in (NONE, second):
        return None
    return texts.index(first), texts.index(second)


def column_names(runs: list[RunRow]) -> dict[str, tuple[MapColumn, str]]:
    """Return every column that can be chosen with its name, human maps first, by its text."""
    human = [
        (MapColumn.of_people(maps.key), f"Human: {maps.title}")
        for maps in human_maps(state.workspace())
    ]
    networks = [
        (MapColumn.of_run(run.id, method), f"{run_name(run)}: {method_name(method)}")
        for method in SaliencyMethod
        for run in runs
    ]
    return {column.text: (column, name) for column, name in [*human, *networks]}
