"""Faces as HTML: pixel-true, whole-number upscaling, always in the same frame."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core.services.terms import Emotion, ImageRow
from dashboard import state
from dashboard.format import EMOTION_COLOURS, title

LARGE_PX, SMALL_PX = 96, 48
_SIGNATURES = {b"\xff\xd8": "jpeg", b"BM": "bmp", b"GI": "gif", b"RI": "webp"}
STYLE = """<style>
.fi-faces{display:flex;flex-wrap:wrap;gap:8px;margin:0}
.fi-face{margin:0;min-width:0}
.fi-face img{image-rendering:pixelated;display:block;border:1px solid rgba(128,128,128,.45);
border-radius:2px;background:#808080;box-sizing:content-box;max-width:none}
.fi-face img.fi-smooth{image-rendering:auto}
.fi-face figcaption{font-size:12px;line-height:16px;margin-top:2px;overflow-wrap:anywhere}
.fi-dim{opacity:.75}
.fi-name{font-size:13px;border-left:4px solid;padding-left:6px;line-height:20px}
.fi-none{font-size:13px;opacity:.75}
.fi-wall{container-type:inline-size}
.fi-wall>div{display:grid;grid-template-columns:repeat(7,max-content);gap:8px 16px;
justify-content:space-between}
.fi-wall .fi-name{margin-bottom:6px}
.fi-wall .fi-faces{flex-direction:column;gap:6px;flex-wrap:nowrap}
.fi-wall img{width:var(--large)}
@container (max-width:800px){
.fi-wall>div{grid-template-columns:1fr}
.fi-wall .fi-faces{flex-direction:row}
.fi-wall img{width:var(--small)}}
</style>"""


def data_url(content: bytes) -> str:
    """Return an image file's bytes as a data URL; PNG unless its first bytes say otherwise."""
    kind = _SIGNATURES.get(content[:2], "png")
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def drawn_side(side: int, target_px: int) -> int:
    """Return the width to draw: the largest whole multiple of a small image, else the target."""
    return side * (target_px // side) if side <= target_px else target_px


def framed(content: bytes, *, side: int, alt: str, target_px: int, caption: str = "") -> str:
    """Return a face in its frame as HTML, with a caption (HTML too) as wide as the face."""
    width = drawn_side(side, target_px)
    kind = ' class="fi-smooth"' if side > target_px else ""
    sizes = f"--large:{width}px;--small:{drawn_side(side, SMALL_PX)}px"
    image = (
        f'<img src="{data_url(content)}" alt="{escape(alt)}" width="{width}" style="{sizes}"{kind}>'
    )
    beneath = f'<figcaption style="width:{width}px">{caption}</figcaption>' if caption else ""
    return f'<figure class="fi-face">{image}{beneath}</figure>'


def stored(row: ImageRow, content: bytes, *, target_px: int = LARGE_PX, caption: str = "") -> str:
    """Return a stored image in its frame as HTML."""
    alt = f"Face {row.id}, {row.label.value}"
    return framed(content, side=row.width, alt=alt, target_px=target_px, caption=caption)


def name(emotion: Emotion) -> str:
    """Return an emotion's name behind a bar of its colour, as HTML."""
    colour = EMOTION_COLOURS[emotion]
    return f'<div class="fi-name" style="border-color:{colour}">{title(emotion)}</div>'


def wall(samples: Mapping[Emotion, Sequence[ImageRow]]) -> None:
    """Draw a column of faces for each emotion, its name and colour on top; rows on a phone."""
    contents = state.blobs(tuple(row.id for rows in samples.values() for row in rows))
    columns = []
    for emotion, rows in samples.items():
        figures = "".join(stored(row, contents[row.id]) for row in rows)
        figures = figures or '<span class="fi-none">no faces</span>'
        columns.append(f'<div>{name(emotion)}<div class="fi-faces">{figures}</div></div>')
    st.html(f'{STYLE}<div class="fi-wall"><div>{"".join(columns)}</div></div>')
