"""What a mask covers, on faces of the data set: the same pixels that training gets."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.images.encoding import encode
from core.images.faces import FaceSet
from core.images.masks import FAMILIES, MaskFamily, cover_faces, needs_landmarks
from core.services.previewing import sample_faces
from core.services.terms import EMOTIONS, DatasetRow, Mask
from dashboard import state
from dashboard.components import landmarks
from dashboard.components.faces import STYLE, framed
from dashboard.format import EMOTION_COLOURS, MASK_NAMES, title

FAMILY_NAMES = {
    MaskFamily.BANDS: "Bands",
    MaskFamily.CROPS: "Cut off",
    MaskFamily.LANDMARK: "By landmarks",
    MaskFamily.CONTROLS: "Controls",
}
FAMILY_NOTES = {
    MaskFamily.BANDS: "The study's rows, set to mid grey: 0-31, 32-63 and 64-127 of 128.",
    MaskFamily.CROPS: "The same rows taken out of the picture, so the network sees fewer.",
    MaskFamily.LANDMARK: "Parts that follow each face, however it is turned or framed.",
    MaskFamily.CONTROLS: "The shape of a mask moved to a random place: exactly as many pixels, "
    "another part of the face. The same face always gets the same place.",
}
_DRAWN_PX = 48
_STYLE = """<style>
.fi-masks{display:grid;grid-template-columns:minmax(0,max-content) 1fr;gap:8px 12px;
align-items:center;font-size:13px;line-height:18px}
.fi-masks .fi-faces{gap:4px;flex-wrap:nowrap}
.fi-masks .fi-face{position:relative}
.fi-masks .fi-face img+img{position:absolute;inset:0;background:none;border-color:transparent}
.fi-masks .fi-chosen{font-weight:600}
.fi-masks .fi-head{width:50px;font-size:11px;line-height:14px;text-align:center;
border-bottom:2px solid;overflow:hidden}
@media (max-width:640px){.fi-masks{grid-template-columns:1fr;gap:2px}
.fi-masks>.fi-faces{margin-bottom:8px}
.fi-masks .fi-faces{gap:0}.fi-masks .fi-head{width:50px}}
</style>"""


def masks(dataset: DatasetRow, chosen: Sequence[Mask]) -> None:
    """Draw a face of each emotion under every mask of a family, the chosen ones' names bold."""
    family = _family(chosen)
    st.caption(FAMILY_NOTES[family])
    shown = (Mask.NONE, *FAMILIES[family])
    dots = any(map(needs_landmarks, shown)) and landmarks.offer(dataset)
    faces = sample_faces(state.workspace(), dataset.id)
    if faces.landmarks is None:
        shown = tuple(mask for mask in shown if not needs_landmarks(mask))
    lines = [_line("", _heads(faces))]
    for mask in shown:
        marks = _dots(faces) if dots and mask is Mask.NONE else [""] * len(faces)
        figures = _covered(faces, mask, marks)
        lines.append(_line(MASK_NAMES[mask], figures, is_chosen=mask in chosen))
    st.html(f'{STYLE}{_STYLE}<div class="fi-masks">{"".join(lines)}</div>')


def _family(chosen: Sequence[Mask]) -> MaskFamily:
    """Draw the choice of masks to look at; at first those of the first mask that is chosen."""
    first = next(
        (family for mask in chosen for family, members in FAMILIES.items() if mask in members),
        MaskFamily.BANDS,
    )
    picked = st.segmented_control(
        "What they cover", list(FAMILIES), default=first, required=True,
        key="previews_family", format_func=lambda family: FAMILY_NAMES[family],
    )  # fmt: skip
    return MaskFamily(picked)


def pictures(faces: FaceSet, mask: Mask) -> list[bytes]:
    """Return PNG files of faces under a mask, pixel for pixel what a network is fed."""
    return [encode(pixels) for pixels in cover_faces(faces, mask)]


def _line(label: str, cells: Sequence[str], *, is_chosen: bool = False) -> str:
    kind = ' class="fi-chosen"' if is_chosen else ""
    return f'<div{kind}>{escape(label)}</div><div class="fi-faces">{"".join(cells)}</div>'


def _heads(faces: FaceSet) -> list[str]:
    """Return each face's emotion as HTML, underlined in its colour."""
    emotions = [EMOTIONS[label] for label in faces.labels]
    return [
        f'<div class="fi-head" style="border-color:{EMOTION_COLOURS[emotion]}">'
        f"{title(emotion)}</div>"
        for emotion in emotions
    ]


def _covered(faces: FaceSet, mask: Mask, marks: Sequence[str]) -> list[str]:
    side = faces.pixels.shape[2]
    figures = []
    for number, content in enumerate(pictures(faces, mask)):
        alt = f"Face {faces.image_ids[number]}, {MASK_NAMES[mask].lower()}"
        figure = framed(content, side=side, alt=alt, target_px=_DRAWN_PX)
        figures.append(figure.replace("</figure>", f"{marks[number]}</figure>"))
    return figures


def _dots(faces: FaceSet) -> list[str]:
    """Return each face's landmarks as an image to lie on it: red where no face was detected."""
    if faces.landmarks is None or faces.landmarks_found is None:
        return [""] * len(faces)
    return [
        _drawing(points, "#2ee86b" if is_found else "#ff5a4d")
        for points, is_found in zip(faces.landmarks, faces.landmarks_found, strict=True)
    ]


def _drawing(points: NDArray[np.float32], colour: str) -> str:
    circles = "".join(f'<circle cx="{x:.3f}" cy="{y:.3f}" r=".016"/>' for x, y in points)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" fill="{colour}">'
    drawn = b64encode(f"{svg}{circles}</svg>".encode()).decode()  # inline SVG is sanitised away
    return f'<img src="data:image/svg+xml;base64,{drawn}" alt="" width="{_DRAWN_PX}">'
