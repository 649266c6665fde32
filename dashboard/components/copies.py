"""Groups of copies side by side, each with what can be done about it."""

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import streamlit as st

from core.errors import FeelingItError
from core.services import near_duplicates, settling
from core.services.near_duplicates import Found, Group
from core.services.scanning import Likeness
from core.services.settling import Keeping, KeepRule
from core.services.terms import EMOTIONS, DuplicateVerdict, Emotion, ImageRow
from dashboard import state
from dashboard.components.faces import LARGE_PX, STYLE, stored
from dashboard.components.figures import palette
from dashboard.format import EMOTION_COLOURS, counted, title

ERROR_KEY = "duplicates_error"
_NOTHING = {
    Likeness.EXACT: "No two kept faces have the same pixels.",
    Likeness.NEAR: "No near copies are left at this limit. Raise it to look further.",
    Likeness.MIRRORED: "No mirrored copies are left at this limit. Raise it to look further.",
    Likeness.NETWORK: "No faces are that much alike to this network. Lower the similarity.",
}
_STYLE = """<style>
.fi-head{font-size:12px;line-height:18px;display:flex;gap:8px;flex-wrap:wrap}
.fi-flag{border:1px solid;border-radius:3px;padding:0 5px;line-height:16px}
.fi-dot{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:5px}
</style>"""


@st.cache_data(max_entries=64, show_spinner="Looking for copies")
def found(dataset_id: int, revision: int, likeness: Likeness, bits: int) -> Found:
    """Return the groups of copies of a data set at a revision."""
    return near_duplicates.find(state.workspace(), dataset_id, likeness, max_distance_bits=bits)


@st.cache_data(max_entries=64, show_spinner=False)
def keeping(
    dataset_id: int, revision: int, groups: tuple[tuple[int, ...], ...], rule: KeepRule
) -> list[Keeping]:
    """Return what a rule keeps and drops of groups at a revision."""
    return settling.plan(state.workspace(), groups, rule)


def nothing(what: Found) -> str:
    """Return why no group is shown, and what to do next."""
    if what.groups:
        return "No open group is like that; choose another kind above, or all."
    return _NOTHING[what.likeness]


def act(action: Callable[[], object]) -> None:
    """Do what a button says; a sentence says why if it cannot be done. For use as a callback."""
    try:
        action()
    except FeelingItError as error:
        st.session_state[ERROR_KEY] = str(error)


def show_error() -> None:
    """Draw why the last button did nothing, once."""
    message = st.session_state.pop(ERROR_KEY, None)
    if message:
        st.error(message)


def draw(groups: Sequence[Group], *, likeness: Likeness, rule: KeepRule) -> None:
    """Draw groups as cards, each image with its label, split, source and distance."""
    rows = near_duplicates.members(state.workspace(), groups)
    contents = state.blobs(tuple(sorted(rows)))
    st.html(STYLE + _STYLE)
    with st.grid(2, min_column_width=330, gap="medium"):
        for group in groups:
            key = f"{group.image_ids[0]}_{group.image_ids[1]}"
            with st.container(key=f"duplicates_group_{key}", gap="xsmall", border=True):
                _card(key, group, rows, contents, likeness=likeness)
                _buttons(key, group, likeness=likeness, rule=rule)


def _card(
    key: str,
    group: Group,
    rows: dict[int, ImageRow],
    contents: dict[int, bytes],
    *,
    likeness: Likeness,
) -> None:
    st.html(_head(group))
    with st.container(horizontal=True, gap="small"):
        for image_id, distance in zip(group.image_ids, group.distances, strict=True):
            with st.container(width=LARGE_PX + 2, gap="xsmall"):
                row = rows[image_id]
                is_first = image_id == group.image_ids[0]
                apart = "the first" if is_first else distance_words(distance, likeness)
                caption = _caption(row, None if likeness is Likeness.EXACT else apart)
                st.html(stored(row, contents[image_id], target_px=LARGE_PX, caption=caption))
                st.button(
                    "Keep", key=f"duplicates_keep_{key}_{image_id}", width="stretch",
                    help="Keep this one and drop the others of the group.",
                    on_click=partial(act, partial(_keep, group, image_id)),
                )  # fmt: skip


def _buttons(key: str, group: Group, *, likeness: Likeness, rule: KeepRule) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            "By rule", key=f"duplicates_rule_{key}",
            on_click=partial(act, partial(_keep_by_rule, group, rule)),
            help="Keep the one that the rule above chooses and drop the others.",
        )  # fmt: skip
        menu = f"duplicates_relabel_{key}"
        st.menu_button(
            "Relabel all", EMOTIONS, key=menu, format_func=title,
            on_click=partial(act, partial(_relabel, group, menu)),
            help="Give all of them one label and keep them.",
        )  # fmt: skip
        if likeness is Likeness.EXACT:
            return
        st.button(
            "Same face", key=f"duplicates_same_{key}", disabled=group.is_settled,
            on_click=partial(act, partial(_judge, group, DuplicateVerdict.SAME)),
            help="They are copies: keep all, and count them as a leak where splits differ.",
        )  # fmt: skip
        st.button(
            "These differ", key=f"duplicates_differ_{key}",
            on_click=partial(act, partial(_judge, group, DuplicateVerdict.DIFFERENT)),
            help="They are not copies: never show them together again.",
        )  # fmt: skip


def distance_words(distance: int, likeness: Likeness) -> str:
    """Return how far a face is from the first of its group, as it stands below it."""
    if likeness is Likeness.NETWORK:
        return f"{1 - distance / 1000:.3f} alike"
    return f"{distance} bits apart"


def _keep(group: Group, image_id: int) -> None:
    others = tuple(one for one in group.image_ids if one != image_id)
    settling.keep(state.workspace(), [Keeping(image_id, others)], annotator=state.annotator())


def _keep_by_rule(group: Group, rule: KeepRule) -> None:
    plans = settling.plan(state.workspace(), [group.image_ids], rule)
    settling.keep(state.workspace(), plans, annotator=state.annotator())


def _relabel(group: Group, menu: str) -> None:
    emotion = Emotion(st.session_state[menu])
    settling.relabel(state.workspace(), group.image_ids, emotion, annotator=state.annotator())


def _judge(group: Group, verdict: DuplicateVerdict) -> None:
    settling.judge(state.workspace(), [group.image_ids], verdict, annotator=state.annotator())


def _head(group: Group) -> str:
    colours = palette()
    head = f"<span>{counted(len(group.image_ids), 'face')}</span>"
    if group.is_across:
        head += _flag("across splits", colours.second)
    if group.is_conflicting:
        head += _flag("labels differ", colours.alarm)
    if group.is_settled:
        head += _flag("settled: same face", colours.accent)
    return f'<div class="fi-head">{head}</div>'


def _flag(text: str, colour: str) -> str:
    return f'<span class="fi-flag" style="color:{colour}">{text}</span>'


def _caption(row: ImageRow, apart: str | None) -> str:
    source = escape(row.source_path.rsplit("/", 1)[-1])
    dot = f'<span class="fi-dot" style="background:{EMOTION_COLOURS[row.label]}"></span>'
    lines = [row.split.value, *([] if apart is None else [apart]), source]
    below = "".join(f'<div class="fi-dim">{line}</div>' for line in lines)
    return f"<div>{dot}{title(row.label)}</div>{below}"
