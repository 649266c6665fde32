"""Maps as files at print size: the whole table, one map, and the study's figure."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from core.services.human_maps import find
from core.services.map_columns import Outcome, usual_columns
from core.services.presenting.map_prints import MapLook, PrintFormat, printed
from core.services.presenting.map_table import MapTable, map_table
from core.services.terms import Emotion
from dashboard import state
from dashboard.components.saliency_maps.choices import Choice
from dashboard.components.saliency_maps.columns import shown_column

_MIME = {PrintFormat.PNG: "image/png", PrintFormat.SVG: "image/svg+xml"}
_OF = {
    Outcome.ALL: "right or wrong",
    Outcome.RIGHT: "only those got right",
    Outcome.WRONG: "only those got wrong",
}
STUDY_EMOTION = Emotion.ANGRY
HEADING = "What networks and people look at"


def draw(choice: Choice, table: MapTable, look: MapLook) -> None:
    """Draw the downloads of all that is shown and of the study's figure."""
    with st.popover("Download", icon=":material/download:"):
        st.caption("Up to 180 mm wide; PNG at 300 dpi, SVG with its text as text.")
        st.markdown("**All maps shown**")
        _buttons("saliency-maps", "saliency_all", partial(_print, table, look, choice, HEADING))
        st.markdown(f"**The study's figure:** networks beside people, {STUDY_EMOTION.value}")
        _buttons(f"saliency-{STUDY_EMOTION.value}", "saliency_study", partial(_study, choice, look))


def one(choice: Choice, table: MapTable, look: MapLook, emotion: Emotion) -> None:
    """Draw the downloads of one map beside its face."""
    heading = f"{HEADING}: {emotion.value}"
    make = partial(_print, table, look, choice, heading)
    _buttons(f"saliency-{emotion.value}", "saliency_one", make)


def _buttons(stem: str, key: str, make: Callable[[PrintFormat], bytes]) -> None:
    with st.container(horizontal=True, gap="small"):
        for kind in PrintFormat:
            st.download_button(
                kind.value.upper(), partial(make, kind), f"{stem}.{kind.value}", _MIME[kind],
                key=f"{key}_{kind.value}", on_click="ignore", icon=":material/image:",
            )  # fmt: skip


def _print(
    table: MapTable, look: MapLook, choice: Choice, heading: str, kind: PrintFormat
) -> bytes:
    return printed(table, look, kind, heading=heading, note=note(choice))


def _study(choice: Choice, look: MapLook, kind: PrintFormat) -> bytes:
    """Return the study's Figures 6 to 8 as one: VGG-16, ResNet-50 and people, for one emotion."""
    columns = usual_columns(choice.runs)
    table = map_table(
        [shown_column(column, choice) for column in columns],
        emotions=[STUDY_EMOTION], is_one_scale=look.is_one_scale,
    )  # fmt: skip
    heading = f"{HEADING}: {STUDY_EMOTION.value}"
    return _print(table, look, replace(choice, columns=columns), heading, kind)


def note(choice: Choice) -> str:
    """Return what stands beneath a figure: what is drawn and where the human maps come from."""
    human = [column.source for column in choice.columns if column.run_id is None]
    sources = " ".join(find(state.workspace(), key).source for key in dict.fromkeys(human))
    return (
        "Mean maps on the canonical face, each emotion's faces by their label, "
        f"{_OF[choice.outcome]}; hot is more. r: correlation with the human "
        f"map {choice.against}, 95 % interval over images; n: faces. {sources}"
    ).strip()
