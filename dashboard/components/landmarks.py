"""Landmarks as people meet them: whether they are there, how many faces were found, the button."""

import streamlit as st

from core.images.detecting import has_detector
from core.jobs.launch import ensure_supervisor
from core.services import landmarks
from core.services.landmarks import Coverage, Detected
from core.services.terms import DatasetRow
from dashboard import state
from dashboard.format import counted, percent, title


def offer(dataset: DatasetRow) -> bool:
    """Draw how the landmarks of a data set stand, a button where some are missing.

    Returns:
        Whether the landmarks shall be drawn on the faces.
    """
    found = landmarks.coverage(state.workspace(), dataset.id)
    job = landmarks.unfinished(state.workspace(), dataset.id)
    if job is not None:
        st.info(f"Landmarks: {job.message or 'waiting for their turn'}.", icon=":material/pending:")
    elif found.total.computed < found.total.images:
        _missing(dataset, found.total)
    if not found.total.computed:
        return False
    st.caption(in_words(found))
    return st.checkbox(
        "Show the landmarks", key="previews_landmarks",
        help="Green where a face was detected, red where likely points stand in.",
    )  # fmt: skip


def in_words(found: Coverage) -> str:
    """Return in how many faces a face was detected, overall and for each emotion."""
    shares = [
        f"{title(emotion)} {percent(one.share)}".replace(" %", "\N{NO-BREAK SPACE}%")
        for emotion, one in found.by_emotion.items()
        if one.share is not None
    ]
    total = percent(found.total.share or 0.0)
    return (
        f"A face was detected in {total} of {counted(found.total.computed, 'face')}: "
        f"{', '.join(shares)}. Likely points stand in for the others; none is left out."
    )


def _missing(dataset: DatasetRow, total: Detected) -> None:
    left = total.images - total.computed
    st.info(
        f"{counted(left, 'face has', 'faces have')} no landmarks yet. Masks that follow them need "
        "all of them, once.",
        icon=":material/face:",
    )
    if not has_detector():
        st.caption(landmarks.HINT)
    if st.button("Find the landmarks", key="previews_find", icon=":material/search:"):
        landmarks.enqueue_landmarks(state.workspace(), dataset.name)
        ensure_supervisor(state.workspace())
        st.rerun()
