"""Imports as people see them: from a path or an upload, with a bar, then a report."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import SourceError
from core.services import datasets, importing
from core.services.importing import ImportProgress, ImportReport
from dashboard import state
from dashboard.format import counted, duration, number

REPORT_KEY = "import_report"
_MOST_REFUSED = 1000  # rows of the table; the count above it is of all


def run(act: Callable[[importing.OnProgress], ImportReport]) -> None:
    """Run an import with a progress bar, keep its report and choose its data set."""
    st.session_state.pop(REPORT_KEY, None)
    bar = st.progress(0.0, text="Opening")
    done = act(lambda progress: _move(bar, progress))
    bar.empty()
    st.session_state[REPORT_KEY] = done
    state.choose_dataset_next(done.dataset)


def import_path(path: Path, *, name: str, mapping: Mapping[str, str]) -> None:
    """Import a path with a progress bar and keep the report for the page."""
    run(
        lambda on_progress: importing.import_path(
            state.workspace(), path, name=name, mapping=mapping, on_progress=on_progress
        )
    )


def import_upload(upload: UploadedFile, *, name: str, mapping: Mapping[str, str]) -> None:
    """Import an uploaded file from a temporary copy that keeps its name and is removed after."""
    with tempfile.TemporaryDirectory(prefix="feelingit-upload-") as folder:
        path = Path(folder) / Path(upload.name).name
        path.write_bytes(upload.getbuffer())
        import_path(path, name=name, mapping=mapping)


def mapping_of(text: str) -> dict[str, str]:
    """Return the class names of lines like `anger = angry`; the importer checks the emotions.

    Raises:
        SourceError: If a line is not of that form.
    """
    mapping = {}
    for line in filter(None, (part.strip() for part in text.splitlines())):
        theirs, equals, ours = (part.strip() for part in line.partition("="))
        if not (theirs and equals and ours):
            raise SourceError(
                f"The mapping line {line!r} cannot be read; write one class a line, anger = angry."
            )
        mapping[theirs] = ours
    return mapping


def unfinished() -> None:
    """Draw which data sets hold only part of an import, and how to complete them."""
    for row in datasets.datasets(state.workspace()):
        if not row.is_complete:
            st.warning(
                f"An import into {row.name} is running or was interrupted, so no page shows it. "
                "If it was interrupted, import the same thing again: it goes on where it stopped."
            )


def report() -> None:
    """Draw what the last import of this session did."""
    done: ImportReport | None = st.session_state.get(REPORT_KEY)
    if done is None:
        return
    st.subheader(f"Imported into {done.dataset}", anchor=False)
    with st.grid(4, min_column_width=110, gap="small"):
        st.metric("Added", number(done.added))
        st.metric("There already", number(done.already))
        st.metric("Refused", number(len(done.refused)))
        st.metric("Time", duration(done.seconds))
    if done.refused:
        _refused(done)


def _move(bar: st.delta_generator.DeltaGenerator, progress: ImportProgress) -> None:
    refused = f", {number(progress.refused)} refused" if progress.refused else ""
    text = f"{counted(progress.done, 'entry', 'entries')} read{refused}"
    bar.progress(min(1.0, progress.done / progress.total) if progress.total else 0.0, text=text)


def _refused(done: ImportReport) -> None:
    rows = [{"Where": r.where, "Why": r.why} for r in done.refused[:_MOST_REFUSED]]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, height=min(400, 36 * (len(rows) + 1)),
        alt="Entries that were refused, each with the reason",
    )  # fmt: skip
    if len(done.refused) > _MOST_REFUSED:
        st.caption(f"The first {number(_MOST_REFUSED)} of {number(len(done.refused))} are shown.")
