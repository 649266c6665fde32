"""Relabel: one face at a time, by key; every press is stored at once as an event."""

import streamlit as st

from core.services.terms import EMOTIONS, Emotion, ImageRow, Split
from dashboard import state
from dashboard.components import labeling
from dashboard.components.empty import require_dataset
from dashboard.format import SPLIT_NAMES, number, title


def only(label: str, options: list[str], *, key: str) -> str | None:
    """Return the chosen filter, None for all; it stays in the URL."""
    return st.selectbox(
        label, options, index=None, key=key, bind="query-params", placeholder="All",
        format_func=str.capitalize,
    )  # fmt: skip


def facts(image: ImageRow) -> None:
    """Draw what is known about the face on screen."""
    st.table(
        {
            "Label now": f"**{title(image.label)}**",
            "As imported": title(image.original_label),
            "Split": SPLIT_NAMES[image.split],
            "Source": f"`{image.source_path}`",
            "Face": f"{image.id}, {image.width} x {image.height} px",
        },
        border="horizontal",
    )


def tally(dataset_id: int, revision: int) -> None:
    """Draw how far the labeling has come."""
    done = state.progress(dataset_id, revision)
    st.progress(
        min(1.0, done.touched / max(1, done.kept)),
        text=f"{number(done.touched)} of {number(done.kept)} faces looked at, "
        f"{number(done.relabeled)} relabeled, {number(done.dropped)} dropped",
    )


def narrowed() -> tuple[Split | None, Emotion | None]:
    """Return the split and label that faces are narrowed to, None for all."""
    with st.container(horizontal=True, gap="small"):
        split = only("Only split", [split.value for split in Split], key="relabel_split")
        emotion = only("Only label", [e.value for e in EMOTIONS], key="relabel_emotion")
    return Split(split) if split else None, Emotion(emotion) if emotion else None


def end() -> None:
    """Draw what to do after the last face."""
    st.info("That was the last face here. Undo still works, or start over.")
    st.button("Start over", key="relabel_restart", on_click=labeling.go_to, args=(0,))


@st.fragment
def desk() -> None:
    """Draw the face, its keys and facts; a press reruns only this part of the page."""
    dataset = require_dataset()
    left, right = st.columns([472, 400], gap="medium")
    with right:
        tally(dataset.id, dataset.revision)
        about = st.container()
        split, emotion = narrowed()
    image = labeling.current(dataset.id, split=split, emotion=emotion)
    with left:
        if image is None:
            end()
        else:
            labeling.face(image)
            labeling.keys(image)
        labeling.actions(dataset.id, image)
        st.caption(labeling.said() or "Keys 1 to 7 label the face and show the next one.")
    if image is not None:
        with about:
            facts(image)


require_dataset()
desk()
