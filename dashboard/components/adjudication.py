"""Disputed faces with what each annotator says, settled with one click."""

from collections import Counter
from html import escape

import streamlit as st

from core.services import adjudicating, undoing, voting
from core.services.adjudicating import Disputed
from core.services.annotators import is_anonymous
from core.services.terms import EMOTIONS, DatasetRow, Emotion
from dashboard import state
from dashboard.components.faces import STYLE, stored
from dashboard.format import EMOTION_COLOURS, counted, title

PER_PAGE = 6
_SETTLED = "annotators_settled"  # this session's adjudications, newest last
_DOT = (
    '<span style="display:inline-block;width:8px;height:8px;border-radius:50%;'
    'margin-right:6px;background:{colour}"></span>'
)


@st.cache_data(max_entries=4, show_spinner="Looking for disputed faces")
def _waiting(dataset_id: int, revision: int) -> list[int]:
    return adjudicating.disputed(state.workspace(), dataset_id)


@st.fragment
def queue() -> None:
    """Draw the faces that wait for an adjudicator, a few a page, and how many there are."""
    dataset = state.chosen_dataset()
    if dataset is None:
        return
    waiting = _waiting(dataset.id, dataset.revision)
    _undo_button(dataset)
    if not waiting:
        st.markdown("No face waits: annotators agree on all they judged, or the rest is settled.")
        return
    st.markdown(
        f"{counted(len(waiting), 'face')} judged differently, those with most judgements first. "
        "A click gives the label; the face comes back when somebody judges it anew."
    )
    n_pages = -(-len(waiting) // PER_PAGE)
    page = st.pagination(n_pages, key="annotators_page") if n_pages > 1 else 1
    start = (min(page, n_pages) - 1) * PER_PAGE
    shown = adjudicating.describe(state.workspace(), waiting[start : start + PER_PAGE])
    contents = state.blobs(tuple(one.image.id for one in shown))
    with st.grid(2, min_column_width=320, gap="small"):
        for one in shown:
            with st.container(border=True, gap="small"):
                _card(one, contents[one.image.id])


def _card(one: Disputed, content: bytes) -> None:
    """Draw a face, what is said of it, and a button for each emotion."""
    face = stored(one.image, content)
    lines = "".join(_line(one, emotion) for emotion in EMOTIONS)
    now = f'<div class="fi-dim">Face {one.image.id}, now {escape(one.image.label.value)}</div>'
    st.html(
        f'{STYLE}<div class="fi-faces" style="gap:16px;flex-wrap:nowrap">'
        f'<div style="flex:none">{face}</div>'
        f'<div style="font-size:13px;line-height:20px;overflow-wrap:anywhere">{now}{lines}</div>'
        "</div>"
    )
    votes = Counter(emotion for _, emotion in one.judgements)
    with st.container(horizontal=True, gap="xsmall"):
        for emotion in sorted(EMOTIONS, key=lambda emotion: -votes[emotion]):
            st.button(
                title(emotion) + (f" · {votes[emotion]}" if votes[emotion] else ""),
                key=f"annotators_{emotion.value}_{one.image.id}",
                on_click=_settle, args=(one.image.id, emotion),
                type="secondary" if votes[emotion] else "tertiary",
            )  # fmt: skip


def _line(one: Disputed, emotion: Emotion) -> str:
    """Return who says an emotion, as HTML; empty where nobody does."""
    everyone = [name for name, said in one.judgements if said is emotion]
    if not everyone:
        return ""
    names = [name for name in everyone if not is_anonymous(name)]
    if n_taggers := len(everyone) - len(names):
        names.append(f"{n_taggers} of FER+")
    dot = _DOT.format(colour=EMOTION_COLOURS[emotion])
    return f"<div>{dot}{title(emotion)}: {escape(', '.join(names))}</div>"


def _settle(image_id: int, emotion: Emotion) -> None:
    event = voting.adjudicate(state.workspace(), image_id, emotion, annotator=state.annotator())
    st.session_state.setdefault(_SETTLED, []).append((event.batch, image_id))


def _undo_button(dataset: DatasetRow) -> None:
    settled = st.session_state.get(_SETTLED, [])
    if settled:
        image_id = settled[-1][1]
        st.button(
            f"Undo: face {image_id}", key="annotators_undo", icon=":material/undo:", on_click=_undo
        )


def _undo() -> None:
    batch, _ = st.session_state[_SETTLED].pop()
    undoing.undo(state.workspace(), batch, annotator=state.annotator())
