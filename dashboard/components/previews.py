"""What a mask covers, on real faces of the data set: the same pixels that training gets."""

from collections.abc import Sequence

import cv2
import numpy as np
import streamlit as st

from core.images.decoding import decode
from core.images.encoding import encode
from core.images.masks import cover
from core.services.terms import STUDY_MASKS, DatasetRow, ImageRow, Mask
from dashboard import state
from dashboard.components.faces import STYLE, framed
from dashboard.format import MASK_NAMES

_SIDE_PX = 48
_DRAWN_PX = 48
_STYLE = """<style>
.fi-masks{display:grid;grid-template-columns:max-content 1fr;gap:8px 12px;align-items:center;
font-size:13px}
.fi-masks .fi-faces{gap:4px}
.fi-masks .fi-off{opacity:.4}
@media (max-width:640px){.fi-masks{grid-template-columns:1fr;gap:4px}
.fi-masks .fi-faces{gap:2px}}
</style>"""


def masks(dataset: DatasetRow, chosen: Sequence[Mask]) -> None:
    """Draw a face of each emotion under every mask, those that are not chosen faded."""
    samples = state.samples(dataset.id, dataset.revision, per_emotion=1)
    rows = [row for images in samples.values() for row in images]
    contents = state.blobs(tuple(row.id for row in rows))
    lines = ""
    for mask in STUDY_MASKS:
        fade = "" if mask in chosen else " fi-off"
        figures = "".join(_covered(row, contents[row.id], mask) for row in rows)
        lines += f'<div class="{fade}">{MASK_NAMES[mask]}</div>'
        lines += f'<div class="fi-faces{fade}">{figures}</div>'
    st.html(f'{STYLE}{_STYLE}<div class="fi-masks">{lines}</div>')


def _covered(row: ImageRow, content: bytes, mask: Mask) -> str:
    pixels = cv2.resize(decode(content), (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    covered = cover(pixels[np.newaxis].astype(np.uint8), mask)[0]
    alt = f"Face {row.id}, {MASK_NAMES[mask].lower()}"
    return framed(encode(covered), side=_SIDE_PX, alt=alt, target_px=_DRAWN_PX)
