"""The maps themselves: emotions down, columns across, and what can be done about them."""

import streamlit as st

from core.services.presenting.map_prints import MapLook
from core.services.presenting.map_table import MapTable, map_table
from core.services.terms import DatasetRow, RunRow
from dashboard.components import map_panel
from dashboard.components.map_panel import WHOLE, Shown, Zoom
from dashboard.components.saliency_maps import downloads, missing, opened, scoring
from dashboard.components.saliency_maps.choices import (
    Choice,
    choose,
    choose_difference,
    choose_look,
)
from dashboard.components.saliency_maps.columns import shown_column

KEY = "saliency_panel"
ONE_ROW_PX, MIDDLE_PX = 180, 144


def draw(dataset: DatasetRow, runs: list[RunRow]) -> None:
    """Draw the maps of the chosen columns; a press on one opens it beneath."""
    choice = choose(dataset, runs, beside=lambda: _beside(runs))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        look = choose_look()
        difference = choose_difference(choice)
        downloads_place = st.container(width="content")
    shown = [shown_column(column, choice) for column in choice.columns]
    missing.draw(choice)
    table = map_table(
        shown, emotions=choice.emotions, difference=difference, is_one_scale=look.is_one_scale
    )
    with downloads_place:
        downloads.draw(choice, table, look)
    _maps(table, look, choice)
    opened.draw(choice, shown, look, difference)
    scoring.table(choice, shown)


def _beside(runs: list[RunRow]) -> None:
    missing.offer_more(runs)
    st.button(
        "The study's figure", key="saliency_show_study", icon=":material/menu_book:",
        on_click=_show_study,
        help="VGG-16 beside ResNet-50 beside people for anger, as in its Figures 6 to 8. Where "
        "one of the two is not trained, the newest other run stands in.",
    )  # fmt: skip


def _show_study() -> None:
    """Go back to the usual columns, of all faces, and to the one emotion of the figure."""
    for name in ("saliency_columns", "saliency_outcome", "saliency_more", "map", "zoom"):
        st.query_params.pop(name, None)
    st.query_params["saliency_emotion"] = downloads.STUDY_EMOTION.value


def _maps(table: MapTable, look: MapLook, choice: Choice) -> None:
    most_px = ONE_ROW_PX if len(table.rows) == 1 else MIDDLE_PX
    side_px = map_panel.side_px(len(table.columns), most_px=most_px)
    shown = Shown(zoom=_zoom(), chosen=opened.place(choice), side_px=side_px)
    map_panel.draw(
        table, look, shown, key=KEY, on_press=lambda: opened.toggle(KEY, choice), on_zoom=_keep_zoom
    )
    st.caption(
        "Press a map for all its scores and its own file. Zoom moves all maps together: the "
        "buttons, Ctrl and the wheel, + and - by key; drag to move."
    )


def _zoom() -> Zoom:
    """Return the zoom in the page's address, none where it cannot be read."""
    parts = st.query_params.get("zoom", "").split(",")
    try:
        times, x, y = (min(8.0, max(0.0, float(part))) for part in parts)
    except ValueError:
        return WHOLE
    return max(1.0, times), x, y


def _keep_zoom() -> None:
    zoom = map_panel.zoomed(KEY)
    if zoom[0] == 1:
        st.query_params.pop("zoom", None)
    else:
        st.query_params["zoom"] = ",".join(f"{part:g}" for part in zoom)
