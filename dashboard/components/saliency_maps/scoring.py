"""Scores of the chosen columns against people: at each map, and in one table with controls."""

import pandas as pd
import streamlit as st

from core.errors import EmptySetError
from core.services.human_maps import find
from core.services.map_columns import MapColumn, Outcome, column_maps
from core.services.presenting.map_names import column_name
from core.services.presenting.map_table import ShownColumn, TableColumn, Words
from core.services.presenting.score_words import (
    HEADS,
    emotion_rows,
    human_words,
    network_words,
    score_rows,
)
from core.services.saliency import maps_path
from core.services.saliency_scores import SaliencyScores, saliency_scores
from core.services.terms import Emotion, SaliencyMethod
from dashboard import state
from dashboard.components.saliency_maps.choices import Choice
from dashboard.components.scores import height
from dashboard.format import literal

_WIDTHS_PX = dict.fromkeys(HEADS, 84) | dict(zip(HEADS, (160, 60, 168, 128), strict=False))


def words(column: MapColumn, against: str, outcome: Outcome) -> dict[Emotion, Words]:
    """Return what is written at the maps of a column whose maps are there."""
    if column.run_id is None:
        workspace = state.workspace()
        return human_words(find(workspace, column.source), find(workspace, against))
    found = _scores(column, against, outcome)
    return {} if found is None else network_words(found)


def table(choice: Choice, shown: list[ShownColumn]) -> None:
    """Draw the scores over all emotions of the networks that are shown, with their controls."""
    networks = []
    for column, one in zip(choice.columns, shown, strict=True):
        found = None
        if column.run_id is not None and one.maps is not None:
            found = _scores(column, choice.against, choice.outcome)
        if found is not None:
            networks.append((one.head.spoken, found))
    if not networks:
        return
    st.subheader("Scores and controls", anchor=False)
    rows = [
        {"Maps": row.name, **dict(zip(HEADS, row.cells, strict=True))}
        for row in score_rows(networks)
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="saliency_scores",
        height=height(len(rows)),
        column_config={head: st.column_config.Column(width=px) for head, px in _WIDTHS_PX.items()},
        alt="Scores of each network's maps against the human maps, beside controls",
    )  # fmt: skip
    human = find(state.workspace(), choice.against)
    st.caption(
        f"Means over emotions, against: {literal(human.title)}. r is Pearson's correlation of "
        "mean maps, with a bootstrap interval over images of 95 %; p is the share of ways to deal "
        "the human maps out among emotions that match as well. With the mean over emotions "
        "removed, only what is special to an emotion counts; best match is for how many emotions "
        "their own human map then fits best. A high r alone says little: hold it against the "
        "controls, as a Gaussian in the middle of the face scores too."
    )


def human(choice: Choice) -> ShownColumn:
    """Return the human maps that networks are scored against, as a column."""
    column = MapColumn.of_people(choice.against)
    name, note = column_name(state.workspace(), column)
    return ShownColumn(
        head=TableColumn(name=name, note=note),
        maps=column_maps(state.workspace(), column),
        words=words(column, choice.against, choice.outcome),
    )


def of_emotion(column: MapColumn, choice: Choice, emotion: Emotion) -> None:
    """Draw all scores of one map of a network, as they are and with the mean removed."""
    found = _scores(column, choice.against, choice.outcome)
    if found is None or found.by_emotion[emotion].raw.scores.correlation is None:
        return
    rows = [
        {"Score": name, "As it is": raw, "Mean over emotions removed": removed}
        for name, raw, removed in emotion_rows(found.by_emotion[emotion])
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="saliency_emotion_scores", width=560,
        alt="All scores of this map",
    )  # fmt: skip


def forget() -> None:
    """Score anew from now on: human maps were saved or deleted."""
    _scored.clear()


def _scores(column: MapColumn, against: str, outcome: Outcome) -> SaliencyScores | None:
    """Return the scores of a run's maps, None where no emotion can be scored."""
    if column.run_id is None or column.method is None:
        return None
    path = maps_path(state.workspace(), column.run_id, column.method)
    return _scored(column.run_id, column.method, against, outcome, path.stat().st_mtime_ns)


@st.cache_data(max_entries=256, show_spinner="Scoring the maps")
def _scored(
    run_id: int, method: SaliencyMethod, against: str, outcome: Outcome, changed_ns: int
) -> SaliencyScores | None:
    """Return the scores of a file of maps that was changed at a moment."""
    try:
        return saliency_scores(state.workspace(), run_id, method, source=against, outcome=outcome)
    except EmptySetError:
        return None
