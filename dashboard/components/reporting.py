"""The button that makes a report of runs."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.services.report.writing import write_report
from core.services.terms import DatasetRow, RunRow
from dashboard import state
from dashboard.components import downloads
from dashboard.format import counted


def button(dataset: DatasetRow, runs: Sequence[RunRow], *, key: str) -> None:
    """Draw the button that makes the report of these runs and hands it over."""
    st.download_button(
        "Report", data=partial(content, [run.id for run in runs]), on_click="ignore",
        file_name=f"{dataset.name}-report.html", mime="text/html", key=key,
        icon=":material/description:",
        help=f"Data, cleaning, figures and provenance of {counted(len(runs), 'run')} in one file, "
        "to read offline or print.",
    )  # fmt: skip


def content(run_ids: Sequence[int]) -> bytes:
    """Return the report of runs."""
    return downloads.file_content(lambda out: write_report(state.workspace(), run_ids, out))
