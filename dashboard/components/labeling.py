"""One face and its keys: what is on screen, and what each press does to exactly that face."""

from html import escape

import streamlit as st

from core.services import curation, undoing
from core.services.terms import EMOTIONS, Emotion, EventKind, EventRow, ImageRow, Split
from dashboard import state
from dashboard.components.faces import data_url, drawn_side
from dashboard.format import EMOTION_COLOURS, title

POSITION = "after"  # in the URL: the face on screen is the first kept one after this id
DROP_REASON = "not a usable face"
_SAID = "relabel_said"
_SHOWN = "relabel_shown"
_MOST_DIGITS = 15  # ids are 64-bit
_FACE_PX = 384  # eight times FER2013's 48 pixels

_STYLE = (
    "<style>"
    ".fi-desk{margin:0}"
    ".fi-desk img{image-rendering:pixelated;display:block;border:1px solid rgba(128,128,128,.45);"
    "border-radius:2px;background:#808080}"
    "@media (max-width:480px){.fi-desk img{width:288px}}"
    + "".join(
        f'[class*="st-key-relabel_{emotion.value}_"] button'
        f"{{border-left:4px solid {EMOTION_COLOURS[emotion]}}}"
        for emotion in EMOTIONS
    )
    + "</style>"
)


def current(dataset_id: int, *, split: Split | None, emotion: Emotion | None) -> ImageRow | None:
    """Return the face to show, the first kept one after the URL's position; None at the end."""
    return curation.next_image(
        state.workspace(), dataset_id, after_id=position(), split=split, emotion=emotion
    )


def position() -> int:
    """Return the id that the URL says to go on after, 0 where it says nothing usable."""
    written = st.query_params.get(POSITION, "0")
    is_usable = written.isdecimal() and len(written) <= _MOST_DIGITS
    return int(written) if is_usable else 0


def go_to(after_id: int, *, said: str = "") -> None:
    """Move on, in the URL so that a reload goes on there, and say what was done."""
    st.query_params[POSITION] = str(after_id)
    st.session_state[_SAID] = said


def press(image_id: int, emotion: Emotion) -> None:
    """Give the face on screen a label and move on."""
    if not _is_shown(image_id):
        return
    event = curation.label(state.workspace(), image_id, emotion, annotator=state.annotator())
    go_to(image_id, said=_sentence(event))


def drop(image_id: int) -> None:
    """Take the face on screen, which cannot be used, out of the set and move on."""
    if not _is_shown(image_id):
        return
    who = state.annotator()
    event = curation.drop(state.workspace(), image_id, annotator=who, reason=DROP_REASON)
    go_to(image_id, said=_sentence(event))


def skip(image_id: int) -> None:
    """Move on without storing anything."""
    if _is_shown(image_id):
        go_to(image_id, said=f"Face {image_id} skipped.")


def take_back(dataset_id: int) -> None:
    """Undo the annotator's newest label or drop and show that face again."""
    event = undoing.undo_last(state.workspace(), dataset_id, annotator=state.annotator())
    if event is None:
        st.session_state[_SAID] = f"{state.annotator()} has nothing to undo here."
        return
    go_to(event.image_id - 1, said=f"Undone. {_sentence(event)}")


def said() -> str:
    """Return what the last press did, empty before the first."""
    return str(st.session_state.get(_SAID, ""))


def face(image: ImageRow) -> None:
    """Draw the face large, every pixel of it a whole number of the screen's."""
    st.session_state[_SHOWN] = image.id
    source = data_url(state.blobs((image.id,))[image.id])
    width = drawn_side(image.width, _FACE_PX)
    st.html(
        f'{_STYLE}<figure class="fi-desk"><img src="{source}" width="{width}" '
        f'data-face="{image.id}" alt="Face {image.id}, {escape(image.label.value)}"></figure>'
    )


def keys(image: ImageRow) -> None:
    """Draw the seven labels with keys 1 to 7.

    A button's key holds the face's id, so a press says which face the person saw. The browser
    keeps the last face's buttons for a moment beside the new ones, and one key then presses both:
    a press for a face that is no longer the one shown is ignored.
    """
    with st.grid(4, min_column_width=106, gap="xsmall"):
        for number, emotion in enumerate(EMOTIONS, start=1):
            st.button(
                f"**{title(emotion)}**" if emotion is image.label else title(emotion),
                key=f"relabel_{emotion.value}_{image.id}",
                shortcut=str(number),
                width="stretch",
                on_click=press,
                args=(image.id, emotion),
            )


def actions(dataset_id: int, image: ImageRow | None) -> None:
    """Draw skip, undo and drop; at the end of the set only undo can do anything."""
    with st.container(horizontal=True, gap="xsmall"):
        if image is not None:
            st.button(
                "Skip", key=f"relabel_skip_{image.id}", shortcut="X", on_click=skip,
                args=(image.id,), icon=":material/skip_next:",
            )  # fmt: skip
            st.button(
                "Drop", key=f"relabel_drop_{image.id}", shortcut="D", on_click=drop,
                args=(image.id,), icon=":material/hide_image:",
                help="Take a picture without a usable face out of the set. Undo brings it back.",
            )  # fmt: skip
        st.button(
            "Undo", key="relabel_undo", shortcut="U",
            on_click=take_back, args=(dataset_id,), icon=":material/undo:",
        )  # fmt: skip


def _is_shown(image_id: int) -> bool:
    """Return whether a press belongs to the face that this session shows now."""
    return bool(st.session_state.get(_SHOWN) == image_id)


def _sentence(event: EventRow) -> str:
    if event.kind is EventKind.CONFIRM:
        return f"Face {event.image_id} is confirmed as {event.new}."
    if event.kind is EventKind.LABEL:
        return f"Face {event.image_id} changed from {event.old} to {event.new}."
    return f"Face {event.image_id} is {event.new}."
