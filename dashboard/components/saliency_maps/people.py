"""Human maps: what there is, where it comes from, what it cannot say, and one's own."""

from collections.abc import Mapping

import streamlit as st

from core.errors import FeelingItError
from core.maps.human import HumanMaps
from core.services.human_map_files import SUFFIXES, pictures_of_files
from core.services.human_maps import Drawing, delete_own, human_maps, own_keys, save_own
from core.services.map_columns import MapColumn, column_maps
from core.services.presenting.map_prints import MapLook
from core.services.presenting.map_table import ShownColumn, TableColumn, map_table
from core.services.terms import DatasetRow, Emotion, RunRow
from dashboard import state
from dashboard.components import linked, map_desk, map_panel
from dashboard.components.map_panel import Shown
from dashboard.components.refusals import told
from dashboard.components.saliency_maps import beneath, scoring
from dashboard.components.saliency_maps.choices import choose_look
from dashboard.format import counted, literal

_VERSION, _DESK = "saliency_desk_version", "saliency_desk"
UPLOAD = "upload"
WAYS = {UPLOAD: "Upload pictures", "draw": "Draw"}
MOST_UPLOAD_MB = 5


def draw(dataset: DatasetRow, runs: list[RunRow]) -> None:
    """Draw all human maps beside each other, what is known of them, and how to add one's own."""
    found = human_maps(state.workspace())
    faces = beneath.mean_faces(state.workspace(), runs)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        look = choose_look()
    _panel(found, look, faces)
    st.subheader("Where they come from, and their limits", anchor=False)
    for one in found:
        _about(one)
    _damaged({one.key for one in found})
    st.subheader("Add your own", anchor=False)
    _add(faces)


def _panel(found: list[HumanMaps], look: MapLook, faces: beneath.Faces) -> None:
    columns = [
        ShownColumn(
            head=TableColumn(name=one.title, note=one.key),
            maps=column_maps(state.workspace(), MapColumn.of_people(one.key)),
        )
        for one in found
    ]
    table = map_table(columns, faces=faces, is_one_scale=look.is_one_scale)
    map_panel.draw(table, look, Shown(), key="saliency_people", on_press=_nothing, on_zoom=_nothing)


def _about(one: HumanMaps) -> None:
    with st.expander(f"{literal(one.title)}: {counted(len(one.emotions), 'emotion')}"):
        st.markdown(f"**Source.** {literal(one.source)}")
        st.markdown(f"**Licence.** {literal(one.licence)}")
        st.markdown(f"**Limits.** {literal(one.limits)}")
        if one.key in own_keys(state.workspace()):
            _deletion(one.key)


def _deletion(key: str) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("They are gone for everybody who uses this workspace.")
        st.button(
            "Delete these maps", key=f"saliency_delete_{key}", type="primary",
            on_click=_delete, args=(key,),
        )  # fmt: skip


def _delete(key: str) -> None:
    with told():
        delete_own(state.workspace(), key)
        scoring.forget()


def _damaged(known: set[str]) -> None:
    for key in own_keys(state.workspace()):
        if key not in known:
            st.warning(f"The human maps {key!r} are damaged. Delete them and save them again.")
            _deletion(key)


def _add(faces: beneath.Faces) -> None:
    """Draw the form of a new set of maps: pictures or a drawing, name, source and licence."""
    st.caption(
        "Maps that were measured or published elsewhere, for one emotion or all seven: a picture "
        "each, bright where people look, framed as the faces above; or points and regions drawn "
        "on the face. They are then columns like the others."
    )
    way = linked.segments(
        "How", list(WAYS), key="saliency_own_way", words=lambda one: WAYS[one], is_named=False
    )
    drawings = _uploads() if way == UPLOAD else _drawing(faces)
    with st.container(horizontal=True, gap="small"):
        name = st.text_input("Name", key="saliency_own_name", placeholder="Liu 2022", width=200)
        source = st.text_input(
            "Source", key="saliency_own_source", placeholder="Paper, or how you measured them",
        )  # fmt: skip
        licence = st.text_input("Licence", key="saliency_own_licence", width=180)
    emotions = ", ".join(emotion.value for emotion in drawings)
    st.button(
        f"Save maps of {emotions}" if drawings else "Save maps", key="saliency_own_save",
        type="primary", disabled=not drawings or not name.strip(),
        on_click=_save, args=(name, drawings, source, licence),
    )  # fmt: skip


def _uploads() -> Mapping[Emotion, Drawing]:
    files = st.file_uploader(
        "Pictures named angry.png, disgust.png, fear.png, happy.png, neutral.png, sad.png, "
        "surprise.png",
        [suffix.lstrip(".") for suffix in SUFFIXES], accept_multiple_files=True,
        key=f"saliency_own_files_{_version()}", max_upload_size=MOST_UPLOAD_MB,
    )  # fmt: skip
    try:
        return pictures_of_files((file.name, file.getvalue()) for file in files)
    except FeelingItError as error:
        st.error(literal(str(error)))
        return {}


def _drawing(faces: beneath.Faces) -> Mapping[Emotion, Drawing]:
    try:
        return map_desk.draw(key=_DESK, version=_version(), pictures=beneath.urls(faces))
    except FeelingItError as error:
        st.error(literal(str(error)))
        return {}


def _version() -> int:
    """Return the number of the drawing on the desk; each is saved at most once."""
    return int(st.session_state.get(_VERSION, 0))


def _save(name: str, drawings: Mapping[Emotion, Drawing], source: str, licence: str) -> None:
    with told():
        saved = save_own(state.workspace(), name, drawings, source=source, licence=licence)
        scoring.forget()
        st.session_state[_VERSION] = _version() + 1
        for field in ("name", "source", "licence"):
            st.session_state[f"saliency_own_{field}"] = ""
        st.toast(f"{literal(saved.title)} is saved: a column on Maps, and `--human {saved.key}`.")


def _nothing() -> None:
    return None
