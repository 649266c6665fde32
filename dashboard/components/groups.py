"""Groups of copies side by side: the faces, and where their labels or splits differ."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.services.terms import Emotion, ImageRow
from dashboard import state
from dashboard.components.faces import LARGE_PX, STYLE, stored
from dashboard.components.figures import palette
from dashboard.format import EMOTION_COLOURS, counted, title

_STYLE = """<style>
.fi-groups{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(210px,100%),1fr));
gap:20px 16px}
.fi-group{min-width:0}
.fi-group .fi-head{font-size:12px;line-height:18px;margin-bottom:6px;display:flex;gap:8px;
flex-wrap:wrap}
.fi-flag{border:1px solid;border-radius:3px;padding:0 5px;line-height:16px}
.fi-dot{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:5px}
</style>"""


def draw(groups: Sequence[Sequence[ImageRow]]) -> None:
    """Draw groups of copies as a grid, each face with its label, split and source."""
    contents = state.blobs(tuple(row.id for group in groups for row in group))
    bodies = "".join(_group(group, contents) for group in groups)
    st.html(f'{STYLE}{_STYLE}<div class="fi-groups">{bodies}</div>')


def _group(group: Sequence[ImageRow], contents: dict[int, bytes]) -> str:
    colours = palette()
    head = f"<span>{counted(len(group), 'copy', 'copies')}</span>"
    if len({row.split for row in group}) > 1:
        head += _flag("across splits", colours.second)
    if len({row.label for row in group}) > 1:
        head += _flag("labels differ", colours.alarm)
    faces = "".join(
        stored(row, contents[row.id], target_px=LARGE_PX, caption=_caption(row)) for row in group
    )
    return (
        f'<div class="fi-group"><div class="fi-head">{head}</div>'
        f'<div class="fi-faces">{faces}</div></div>'
    )


def _flag(text: str, colour: str) -> str:
    return f'<span class="fi-flag" style="color:{colour}">{text}</span>'


def _caption(row: ImageRow) -> str:
    source = escape(row.source_path.rsplit("/", 1)[-1])
    return (
        f"<div>{_dot(row.label)}{title(row.label)}</div>"
        f'<div class="fi-dim">{row.split.value}</div><div class="fi-dim">{source}</div>'
    )


def _dot(emotion: Emotion) -> str:
    return f'<span class="fi-dot" style="background:{EMOTION_COLOURS[emotion]}"></span>'
