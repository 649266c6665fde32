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
from dashboard.components import linked
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
    columns = linked.several(
        "Columns: any run by any method, and any human maps", list(names), key="saliency_columns",
        words=lambda text: names[text][1], most=MOST_COLUMNS,
        default=[column.text for column in usual_columns(runs) if column.text in names],
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        outcome = linked.segments(
            "Faces", list(Outcome), key="saliency_outcome", words=lambda one: OUTCOME_NAMES[one]
        )
        against = choose_human("Scored against", key="saliency_against")
        emotion = linked.selectbox(
            "Emotion", [ALL, *Emotion], key="saliency_emotion", width=110,
            words=lambda one: "All" if one == ALL else title(Emotion(one)),
        )  # fmt: skip
        beside()
    return Choice(
        dataset=dataset,
        runs=runs,
        columns=[names[text][0] for text in columns],
        against=against,
        outcome=outcome,
        emotions=list(Emotion) if emotion == ALL else [Emotion(emotion)],
    )


def choose_human(label: str, *, key: str) -> str:
    """Draw the choice of human maps and return their key."""
    titles = {maps.key: maps.title for maps in human_maps(state.workspace())}
    return linked.selectbox(label, list(titles), key=key, words=lambda one: titles[one], width=205)


def choose_look(*, of_one_face: bool = False) -> MapLook:
    """Draw how maps are painted and return it; one face has no canonical outlines and one map."""
    strength = st.slider(
        "Overlay strength", 0, 100, 70, step=5, key="saliency_strength", width=200,
        bind="query-params", format="%d %%", help="0 shows the face alone, 100 the map alone.",
    )  # fmt: skip
    colours = linked.selectbox(
        "Colours", list(ColourMap), key="saliency_colours", width=120,
        words=lambda one: COLOUR_NAMES[one],
    )  # fmt: skip
    if of_one_face:
        return MapLook(colours=colours, strength=strength / 100)
    with st.container(gap="xxsmall", width="content"):
        outlined = linked.switch("Action-unit outlines", key="saliency_outlines", is_on=False)
        one_scale = linked.switch("One scale for all", key="saliency_scale", is_on=False)
    return MapLook(
        colours=colours,
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
        first = linked.selectbox(
            "Show how much more", [NONE, *texts], key="saliency_more", width=320,
            words=lambda one: "No difference" if one == NONE else names[one][1],
        )  # fmt: skip
        second = linked.selectbox(
            "looks there than", [*texts[1:], texts[0]], key="saliency_less", width=320,
            words=lambda one: names[one][1],
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


def choose_run_and_method(runs: list[RunRow]) -> tuple[RunRow, SaliencyMethod]:
    """Draw the choice of one run and one method and return both; the newest run at first."""
    newest = sorted(runs, key=lambda run: -run.id)
    by_id = {run.id: run for run in newest}
    run_id = linked.selectbox(
        "Run", list(by_id), key="saliency_run", width=280, words=lambda run: run_name(by_id[run])
    )
    method = linked.selectbox(
        "Method", list(SaliencyMethod), key="saliency_method", words=method_name, width=190
    )
    return by_id[run_id], method
