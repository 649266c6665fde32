"""Taking results along: figures and predictions as files."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.services.figure_sets import SIDE_BY_SIDE
from core.services.result_exports import (
    FORMATS,
    SUFFIXES,
    ResultFormat,
    ResultKind,
    Wanted,
    export_results,
)
from dashboard import state
from dashboard.components import downloads
from dashboard.components.findings.choices import Choice

KIND_NAMES = {ResultKind.FIGURES: "Figures", ResultKind.PREDICTIONS: "Predictions"}
FORMAT_NAMES = {
    ResultFormat.CSV: "CSV",
    ResultFormat.PARQUET: "Parquet",
    ResultFormat.JSON: "JSON",
    ResultFormat.LATEX: "LaTeX",
}
KIND_NOTES = {
    ResultKind.FIGURES: "Accuracy, precision and F1 of each row and emotion with 95 % intervals.",
    ResultKind.PREDICTIONS: "What each run said of each test image, with all probabilities.",
}


def draw(choice: Choice) -> None:
    """Draw what can be taken along of the chosen runs, behind one button."""
    with st.popover("Export", icon=":material/download:"):
        kind = ResultKind(
            st.segmented_control(
                "What", list(ResultKind), default=ResultKind.FIGURES, required=True,
                key="results_export_what", format_func=lambda one: KIND_NAMES[one],
            )
        )  # fmt: skip
        form = ResultFormat(
            st.segmented_control(
                "As", FORMATS[kind], default=ResultFormat.CSV, required=True,
                key=f"results_export_{kind}", format_func=lambda one: FORMAT_NAMES[one],
            )
        )  # fmt: skip
        st.caption(KIND_NOTES[kind])
        wanted = Wanted(
            kind=kind, form=form, slice_names=_slices(choice), test_mask=choice.test_mask,
            is_pooled=choice.is_pooled,
        )  # fmt: skip
        run_ids = downloads.tested(choice.runs, choice.slice_name, choice.test_mask)
        st.download_button(
            "Download", data=partial(content, run_ids, wanted), on_click="ignore",
            file_name=f"{choice.dataset.name}-{kind}{SUFFIXES[form]}", type="primary",
            key="results_export", icon=":material/download:", disabled=not run_ids,
        )  # fmt: skip


def content(run_ids: Sequence[int], wanted: Wanted) -> bytes:
    """Return the file of an export."""
    return downloads.file_content(
        lambda out: export_results(state.workspace(), run_ids, out, wanted)
    )


def _slices(choice: Choice) -> tuple[str, ...]:
    """Return the chosen test images; all and the leak-free ones side by side where none are."""
    return SIDE_BY_SIDE if choice.slice_name in SIDE_BY_SIDE else (choice.slice_name,)
