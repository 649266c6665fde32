"""A picture with its boxes, and of each face what a network takes it for and where it looks."""

from dataclasses import dataclass
from html import escape

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.images.finding import Box
from core.maps.colouring import ColourMap, grey, overlaid
from core.services import trying
from core.services.terms import EMOTIONS, DatasetRow, Emotion
from core.services.trying import Seen
from dashboard import state
from dashboard.components.faces import STYLE, data_url, framed
from dashboard.format import EMOTION_COLOURS, literal, percent, title

FACE_PX, STRENGTH = 144, 0.7
_BOX_COLOUR = (255, 176, 0)
_STYLE = """<style>
.fi-tried{display:flex;flex-wrap:wrap;gap:12px 20px;align-items:flex-start}
.fi-tried img{image-rendering:auto!important}
.fi-odds{display:grid;grid-template-columns:64px minmax(60px,1fr) 56px;gap:3px 10px;
align-items:center;font-size:13px;line-height:17px;flex:1 1 240px;max-width:400px}
.fi-odds i{display:block;height:12px;border-radius:2px;min-width:1px}
.fi-odds :nth-child(3n){text-align:right;font-variant-numeric:tabular-nums}
.fi-shot{max-width:100%;max-height:400px;border-radius:4px;display:block;box-sizing:border-box;
border:1px solid rgba(128,128,128,.45)}
</style>"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """A face with what a network takes it for and where it looks.

    Attributes:
        name: What the face is called.
        face: uint8, shape (side, side).
        odds: float32, shape (7,), sum 1, as `EMOTIONS`.
        looks: float32, shape (n, n), >= 0: where the face speaks for `target`.
        target: The emotion that the map is for.
    """

    name: str
    face: NDArray[np.uint8]
    odds: NDArray[np.float32]
    looks: NDArray[np.float32]
    target: Emotion

    @property
    def likeliest(self) -> Emotion:
        """What the network takes the face for."""
        return EMOTIONS[int(self.odds.argmax())]


def picture(seen: Seen, name: str) -> None:
    """Draw a picture with its boxes, numbered where there are several."""
    drawn = seen.picture.copy()
    for number, box in enumerate(seen.boxes, start=1):
        _draw_box(drawn, box, str(number) if len(seen.boxes) > 1 else "")
    content = cv2.imencode(".jpg", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))[1].tobytes()
    alt = escape(f"{name}, with a box around each face that was found")
    st.html(f'{_STYLE}<img class="fi-shot" src="{data_url(content)}" alt="{alt}">')


def judged(one: Judged) -> None:
    """Draw a face, where the network looks in it, and a bar for each emotion."""
    st.markdown(f"**{literal(one.name)}**: {one.likeliest.value}")
    beneath = f"What speaks for {one.target.value}"
    if not one.looks.any():
        beneath = f"Nothing speaks for {one.target.value}"
    pictures = _framed(grey(one.face, side_px=2 * FACE_PX), "As it is judged")
    heat = overlaid(
        one.face, one.looks, colours=ColourMap.INFERNO, strength=STRENGTH,
        most=float(one.looks.max()), side_px=2 * FACE_PX,
    )  # fmt: skip
    pictures += _framed(heat, beneath)
    lines = "".join(
        _line(emotion, float(odds), is_most=emotion is one.likeliest)
        for emotion, odds in zip(EMOTIONS, one.odds, strict=True)
    )
    st.html(
        f'{STYLE}{_STYLE}<div class="fi-tried">{pictures}<div class="fi-odds">{lines}</div></div>'
    )


def keeping(one: Judged, dataset: DatasetRow, key: str) -> None:
    """Draw how to add a face to the data set, add it where that is pressed, and say so."""
    with st.popover("Keep this face", icon=":material/add_photo_alternate:"):
        label = st.selectbox(
            "Label", EMOTIONS, index=EMOTIONS.index(one.likeliest), format_func=title,
            key=f"{key}_label",
        )  # fmt: skip
        who = state.annotator()
        st.caption(
            f"It joins the training split of {literal(dataset.name)} as the grey picture of "
            f"{one.face.shape[0]} px that is judged, labeled by {literal(who)}."
        )
        if st.button("Add to the data set", key=f"{key}_keep", type="primary"):
            st.session_state[f"{key}_kept"] = trying.keep(
                state.workspace(), dataset, one.face, Emotion(label), annotator=who
            )
    kept = st.session_state.get(f"{key}_kept")
    if kept is not None:
        said = "Kept as" if kept.is_new else "Nothing added: the same picture is"
        st.caption(f"{said} image {kept.image_id} of {literal(dataset.name)}.")


def _framed(pixels: NDArray[np.uint8], caption: str) -> str:
    content = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()
    return framed(content, side=len(pixels), alt=caption, target_px=FACE_PX, caption=caption)


def _line(emotion: Emotion, odds: float, *, is_most: bool) -> str:
    tag, colour = "b" if is_most else "span", EMOTION_COLOURS[emotion]
    return (
        f"<{tag}>{title(emotion)}</{tag}>"
        f'<div><i style="width:{100 * odds:.1f}%;background:{colour}"></i></div>'
        f"<{tag}>{percent(odds)}</{tag}>"
    )


def _draw_box(picture: NDArray[np.uint8], box: Box, number: str) -> None:
    """Draw a box with its number into a picture, visible on light and on dark ground."""
    thick = max(2, round(max(picture.shape) / 320))
    start, end = (box.left, box.top), (box.left + box.width - 1, box.top + box.height - 1)
    place = (max(box.left, 0) + 3 * thick, max(box.top, 0) + 13 * thick)
    for colour, width in (((0, 0, 0), 2 * thick), (_BOX_COLOUR, thick)):
        cv2.rectangle(picture, start, end, colour, width)
        font, size = cv2.FONT_HERSHEY_SIMPLEX, 0.4 * thick
        cv2.putText(picture, number, place, font, size, colour, width, cv2.LINE_AA)
