"""The button that makes a report of runs."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.services.report.parts import Scope
from core.services.report.writing import write_report
from core.services.terms import DatasetRow, RunRow
from dashboard import state
from dashboard.components import downloads
from dashboard.format import counted


def button(dataset: DatasetRow, runs: Sequence[RunRow], scope: Scope, *, key: str) -> None:
    """Draw the button that makes the report of those runs that have figures and hands it over."""
    tested = downloads.tested(runs, scope.slice_name, scope.test_mask)
    st.download_button(
        "Report", data=partial(content, tested, scope), on_click="ignore", disabled=not tested,
        file_name=f"{dataset.name}-report.html", mime="text/html", key=key,
        icon=":material/description:",
        help=f"Data, cleaning, figures and provenance of {counted(len(tested), 'run')} in one "
        "file, to read offline or print.",
    )  # fmt: skip


def content(run_ids: Sequence[int], scope: Scope) -> bytes:
    """Return the report of runs."""
    return downloads.file_content(
        lambda out: write_report(state.workspace(), run_ids, out, scope=scope)
    )
