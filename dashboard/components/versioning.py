"""The work with versions: freezing, choosing two, bringing one back, exporting."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from core.services import exports, restoring, versions
from core.services.diffs import NOW
from core.services.exports import ExportFormat
from core.services.restoring import RestorePlan
from core.services.terms import DatasetRow, VersionRow
from dashboard import state
from dashboard.components import downloads
from dashboard.format import ago, counted, number

FORMAT_NAMES = {
    ExportFormat.CSV: "CSV",
    ExportFormat.PARQUET: "Parquet",
    ExportFormat.ZIP: "Zip of faces",
    ExportFormat.FOLDER: "Folder",
    ExportFormat.NPZ: "Arrays",
}
FORMAT_NOTES = {
    ExportFormat.CSV: "A line for each face: labels, split, tags, votes, version.",
    ExportFormat.PARQUET: "The same table for pandas, Arrow or Spark.",
    ExportFormat.ZIP: "images/split/label/file as on Kaggle, and the table as manifest.csv.",
    ExportFormat.FOLDER: "The same as a folder on this server.",
    ExportFormat.NPZ: "Decoded faces of a frozen version, to train elsewhere: python -m core.ml.",
}
_SAID = "versions_said"


def freeze(dataset: DatasetRow, rows: list[VersionRow]) -> None:
    """Draw the button that freezes."""
    if st.button(
        "Freeze the data now", key="versions_freeze", icon=":material/lock:",
        type="secondary" if rows else "primary",
        help="A version holds exactly these faces, labels and splits, for good.",
    ):  # fmt: skip
        version = versions.freeze(state.workspace(), dataset.name)
        is_new = version.id not in {row.id for row in rows}
        faces = counted(version.n_images, "face")
        say(
            f"Frozen: version {version.digest} with {faces}."
            if is_new
            else f"Nothing changed since version {version.digest} was frozen."
        )
        st.rerun()


def table(rows: list[VersionRow]) -> None:
    """Draw the versions, newest first."""
    lines = [
        {
            "Version": row.digest,
            "Faces": number(row.n_images),
            "Frozen": f"{row.created_at:%Y-%m-%d %H:%M} UTC",
            "Label policy": row.label_policy.value,
        }
        for row in rows
    ]
    st.dataframe(
        pd.DataFrame(lines), hide_index=True, key="versions_table",
        height="content" if len(lines) < 7 else 248, alt="Frozen versions, newest first",
    )  # fmt: skip


def pick(rows: list[VersionRow]) -> tuple[str, str]:
    """Draw the choice of the two to compare; at first the newest version and the data now."""
    names = {row.digest: name(row) for row in rows} | {NOW: "the data now"}
    with st.container(horizontal=True, gap="small"):
        before = _side("from", list(names), names)
        after = _side("to", [NOW, *(row.digest for row in rows)], names)
    return before, after


def bring_back(dataset: DatasetRow, rows: list[VersionRow]) -> None:
    """Draw what restoring a version would change, and the button that does it."""
    chosen = st.selectbox("Version", rows, key="versions_restore_of", format_func=name)
    plan = restoring.preview(state.workspace(), chosen.digest, dataset_id=dataset.id)
    if not plan.images:
        st.markdown("The data is exactly this version now.")
        return
    st.markdown(f"{plan_sentence(plan)} Tags stay. It can be undone on the History page.")
    label = f"Bring {counted(plan.images, 'face')} back"
    if st.button(label, key="versions_restore", icon=":material/settings_backup_restore:"):
        restoring.restore(
            state.workspace(), chosen.digest, annotator=state.annotator(), dataset_id=dataset.id
        )
        say(f"The data is version {chosen.digest} again.")
        st.rerun()


def plan_sentence(plan: RestorePlan) -> str:
    """Return in words what restoring would change."""
    parts = [
        (plan.relabeled, "changes", "label"),
        (plan.dropped, "drops", "face"),
        (plan.restored, "brings back", "dropped face"),
        (plan.moved, "moves between splits", "face"),
    ]
    return f"This {', '.join(f'{verb} {counted(n, noun)}' for n, verb, noun in parts if n)}."


def export(dataset: DatasetRow, rows: list[VersionRow]) -> None:
    """Draw what to export as what, for download or to a path of the server."""
    with st.container(horizontal=True, gap="small"):
        digests = [None, *(row.digest for row in rows)]
        names = {row.digest: name(row) for row in rows}
        version = st.selectbox(
            "What", digests, key="versions_export_of", width=300,
            format_func=lambda digest: names.get(digest, "the data now"),
        )  # fmt: skip
        form = st.segmented_control(
            "As", list(ExportFormat), default=ExportFormat.CSV, required=True,
            key="versions_export_as", format_func=lambda form: FORMAT_NAMES[form],
        )  # fmt: skip
    st.caption(FORMAT_NOTES[form])
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if form is not ExportFormat.FOLDER:
            _download(dataset, form, version)
        _to_path(dataset, form, version)


def file_content(dataset: DatasetRow, form: ExportFormat, version: str | None) -> bytes:
    """Return the export as the bytes of one file."""
    return downloads.file_content(
        lambda out: exports.export(state.workspace(), dataset, out, form, version=version)
    )


def say(text: str) -> None:
    """Keep a sentence for the next run of the page."""
    st.session_state[_SAID] = text


def said() -> None:
    """Draw what the last action did, once."""
    if text := st.session_state.pop(_SAID, ""):
        st.toast(text)


def name(version: VersionRow) -> str:
    """Return what people call a version: its first digits, its size and its age."""
    return f"{version.digest[:8]}, {counted(version.n_images, 'face')}, {ago(version.created_at)}"


def _side(side: str, options: list[str], names: Mapping[str, str]) -> str:
    """Draw the choice of one side, whose digest stays in the URL, and return it."""
    asked = st.query_params.get(side, "")
    chosen = st.selectbox(
        side.capitalize(), options, key=f"versions_{side}", width=300,
        index=options.index(asked) if asked in options else 0,
        format_func=lambda digest: names[digest],
    )  # fmt: skip
    if chosen != asked:
        st.query_params[side] = chosen
    return chosen


def _download(dataset: DatasetRow, form: ExportFormat, version: str | None) -> None:
    stem = f"{dataset.name}-{version[:8] if version else 'now'}"
    st.download_button(
        "Download", data=partial(file_content, dataset, form, version), on_click="ignore",
        file_name=f"{stem}.{form}", key="versions_download", icon=":material/download:",
        type="primary",
    )  # fmt: skip


def _to_path(dataset: DatasetRow, form: ExportFormat, version: str | None) -> None:
    path = st.text_input(
        "Or to a path on this server", key="versions_export_path", width=360,
        placeholder=f"/data/{dataset.name}" + ("" if form is ExportFormat.FOLDER else f".{form}"),
    )  # fmt: skip
    if st.button("Write", key="versions_write", icon=":material/save:", disabled=not path.strip()):
        with st.spinner("Writing"):
            out = Path(path.strip()).expanduser()
            report = exports.export(state.workspace(), dataset, out, form, version=version)
        say(f"{counted(report.images, 'image')} written to {report.path}.")
        st.rerun()
