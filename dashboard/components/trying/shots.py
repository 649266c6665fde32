"""Where faces to try come from: uploads, the camera, or a face that the run was tested on."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from core.errors import UnreadableImageError
from core.images.faces import FaceSet, unlabeled
from core.services import previewing, trying
from core.services.terms import EMOTIONS, DatasetRow, RunRow
from core.services.trying import Seen
from dashboard import state
from dashboard.components.trying import cards
from dashboard.format import counted, literal

UPLOAD, CAMERA, TEST_FACE = "Upload", "Camera", "A test face"
SOURCES = (UPLOAD, CAMERA, TEST_FACE)
MOST_MB, MOST_PICTURES = 20, 10
CAMERA_PX = 560
KINDS = ["png", "jpg", "jpeg", "webp", "bmp", "gif"]
_IMAGE = "try_image"


@dataclass(frozen=True, eq=False)
class Tried:
    """Faces of one picture, what each is called, and a key of the picture for its widgets.

    `is_new` says that they are no faces of the data set, so that they may be kept in it.
    """

    faces: FaceSet
    names: list[str]
    key: str
    is_new: bool


def choose(source: str, dataset: DatasetRow, run: RunRow) -> Iterator[Tried]:
    """Draw where faces come from, then each picture, and yield its faces before the next one."""
    if source == TEST_FACE:
        yield _test_face(dataset, run)
        return
    pictures = _shot() if source == CAMERA else _uploads()
    if not pictures:
        st.caption("Pictures stay in memory. Nothing is stored unless you keep a face.")
    for number, (name, content) in enumerate(pictures):
        try:
            yield _picture(number, name, content, run)
        except UnreadableImageError as error:
            st.error(f"{literal(name)}: {error}")


def _shot() -> list[tuple[str, bytes]]:
    shot = st.camera_input(
        "Your face", key="try_camera", label_visibility="collapsed", width=CAMERA_PX
    )
    return [] if shot is None else [("Your face", shot.getvalue())]


def _uploads() -> list[tuple[str, bytes]]:
    """Draw where files are dropped and return their names and bytes."""
    files = st.file_uploader(
        "Pictures", KINDS, accept_multiple_files=True, max_upload_size=MOST_MB, key="try_upload"
    )
    if len(files) > MOST_PICTURES:
        st.warning(f"Only the first {MOST_PICTURES} pictures are tried. Remove some of them.")
    return [(file.name, file.getvalue()) for file in files[:MOST_PICTURES]]


def _picture(number: int, name: str, content: bytes, run: RunRow) -> Tried:
    """Draw a picture with the faces found in it and return them.

    Raises:
        UnreadableImageError: If it cannot be read.
    """
    key = f"try_{number}_{hashlib.sha256(content).hexdigest()[:12]}"
    side = state.faces_side(run.version_id)
    seen = trying.look(content, side=side)
    if not seen.boxes:
        st.info(f"No face was found in {literal(name)}. Is it one face that fills the picture?")
        if not st.toggle("Use the whole picture", key=f"{key}_whole"):
            cards.picture(seen, name)
            return Tried(unlabeled(seen.faces), [], key, is_new=True)
        seen = trying.look(content, side=side, as_whole=True)
    cards.picture(seen, name)
    return Tried(unlabeled(seen.faces), _names(seen, name), key, is_new=True)


def _names(seen: Seen, name: str) -> list[str]:
    if len(seen.boxes) == 1:
        return [name]
    st.caption(f"{counted(len(seen.boxes), 'face')} in {literal(name)}, the largest first.")
    return [f"Face {number}" for number in range(1, len(seen.boxes) + 1)]


def _test_face(dataset: DatasetRow, run: RunRow) -> Tried:
    """Draw which of the faces that the run was tested on is tried, and return it.

    Raises:
        UnknownImageError: If a number is typed that the data set has no image of.
    """
    ids = trying.tested_faces(state.workspace(), run.id)
    st.session_state.setdefault(_IMAGE, ids[0])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        image_id = int(
            st.number_input(
                "Image", min_value=1, step=1, key=_IMAGE, bind="query-params", width=160
            )
        )
        st.button(
            "Another", key="try_another", icon=":material/shuffle:", on_click=_draw_lots,
            args=(ids,),
        )  # fmt: skip
    faces = previewing.faces_of(state.workspace(), dataset.id, [image_id])
    label = EMOTIONS[int(faces.labels[0])]
    return Tried(faces, [f"Image {image_id}, labeled {label}"], "try_test", is_new=False)


def _draw_lots(image_ids: list[int]) -> None:
    st.session_state[_IMAGE] = random.choice(image_ids)
