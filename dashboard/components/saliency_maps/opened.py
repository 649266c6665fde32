"""One map that was pressed: large, beside the face and the human map, with all its scores."""

import streamlit as st

from core.services.map_columns import MapColumn
from core.services.presenting.map_prints import MapLook
from core.services.presenting.map_table import MapTable, ShownColumn, map_table
from core.services.presenting.score_words import signed
from core.services.terms import EMOTIONS, Emotion, SaliencyMethod
from core.services.tiles import tile_results
from dashboard import state
from dashboard.components import heat_table, map_panel
from dashboard.components.map_panel import LARGE_PX, Shown
from dashboard.components.refusals import shown as told_here
from dashboard.components.saliency_maps import downloads, scoring
from dashboard.components.saliency_maps.choices import Choice
from dashboard.format import counted, literal, percent, title

_QUERY = "map"
_KEY = "saliency_opened"
DIFFERENCE = "difference"


def place(choice: Choice) -> tuple[int, int] | None:
    """Return the row and column of the map that is open, None where none of those shown is."""
    found = _open(choice)
    if found is None or found[0] not in choice.emotions:
        return None
    return choice.emotions.index(found[0]), found[1] + 1  # the mean face is the first column


def toggle(key: str, choice: Choice) -> None:
    """Put the map that was just pressed into the page's address, or take it out."""
    pressed = map_panel.pressed(key)
    if pressed is None or pressed[1] == 0:
        return  # the mean face has no scores
    names = [*(column.text for column in choice.columns), DIFFERENCE]
    emotion = choice.emotions[pressed[0]]
    heat_table.toggle_query(_QUERY, f"{emotion.value}~{names[pressed[1] - 1]}")


def draw(
    choice: Choice,
    shown: list[ShownColumn],
    look: MapLook,
    difference: tuple[int, int] | None,
) -> None:
    """Draw the map that is open, if one is: large, with what it is made of or scored against."""
    found = _open(choice)
    if found is None:
        return
    emotion, column = found
    if column < len(shown):
        _map(choice, shown, look, emotion, column)
    elif difference is not None:
        pair = [shown[place] for place in difference]
        st.subheader(f"{title(emotion)}, difference", anchor=False)
        _large(choice, map_table(pair, emotions=[emotion], difference=(0, 1)), look, emotion)


def _map(
    choice: Choice, shown: list[ShownColumn], look: MapLook, emotion: Emotion, column: int
) -> None:
    """Draw a map beside the human map that it is scored against, with all its scores."""
    one, asked = shown[column], choice.columns[column]
    if one.maps is None or emotion not in one.maps.by_emotion:
        return
    st.subheader(f"{title(emotion)}, {literal(one.head.spoken)}", anchor=False)
    others = [] if asked.source == choice.against else [scoring.human(choice)]
    table = map_table([one, *others], emotions=[emotion], is_one_scale=look.is_one_scale)
    _large(choice, table, look, emotion)
    scoring.of_emotion(asked, choice, emotion)
    if asked.method is SaliencyMethod.TILES:
        with told_here():
            _trials(asked, emotion)


def _large(choice: Choice, table: MapTable, look: MapLook, emotion: Emotion) -> None:
    side_px = map_panel.side_px(len(table.columns), most_px=LARGE_PX)
    map_panel.draw(
        table, look, Shown(side_px=side_px), key=_KEY, on_press=_nothing, on_zoom=_nothing
    )
    with st.expander("Download this map"):
        downloads.one(choice, table, look, emotion)


def _trials(column: MapColumn, emotion: Emotion) -> None:
    """Draw how a run did in the task behind its map of tiles, in the unit of people's tiles."""
    if column.run_id is None:
        return
    one = next(
        one for one in tile_results(state.workspace(), column.run_id) if one.emotion is emotion
    )
    share = percent(one.n_counted / one.n_trials) if one.n_trials else "none"
    st.caption(
        f"The task of the people in Wegrzyn et al. 2017: right and sure with at most 16 of 48 "
        f"tiles open in {share} of {counted(one.n_trials, 'trial')}. Over the tiles, which have "
        f"the same unit as people's: r {signed(one.correlation)}, untrained "
        f"{signed(one.untrained)}."
    )


def _open(choice: Choice) -> tuple[Emotion, int] | None:
    """Return emotion and column of the map in the page's address, where the column is chosen.

    The difference comes after all columns, whether it is shown or not.
    """
    emotion, _, text = st.query_params.get(_QUERY, "").partition("~")
    names = [*(column.text for column in choice.columns), DIFFERENCE]
    places = {name: number for number, name in enumerate(names)}
    if emotion not in list(EMOTIONS) or text not in places:
        return None
    return Emotion(emotion), places[text]


def _nothing() -> None:
    return None
