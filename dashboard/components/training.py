"""Freezing and queueing as people do it."""

import streamlit as st

from core.jobs.launch import ensure_supervisor
from core.services import grids, versions
from core.services.grids import GridRequest
from core.services.terms import DatasetRow, VersionRow
from dashboard import state
from dashboard.components import costs
from dashboard.format import ago, counted


def frozen(dataset: DatasetRow) -> VersionRow | None:
    """Draw the version picker with the button that freezes; return the chosen version."""
    rows = [row for row in versions.versions(state.workspace()) if row.dataset_id == dataset.id]
    by_digest = {row.digest: row for row in rows}
    if rows:
        chosen = st.selectbox(
            "Version", list(by_digest), key="experiments_version",
            format_func=lambda digest: _version_name(by_digest[digest]),
        )  # fmt: skip
    if st.button(
        "Freeze the data now", key="experiments_freeze", icon=":material/lock:",
        type="secondary" if rows else "primary",
        help="A version holds exactly these faces, labels and splits, for good.",
    ):  # fmt: skip
        _freeze(dataset, {row.id for row in rows})
    return by_digest[chosen] if rows else None


def offer(asked: GridRequest, study: GridRequest) -> bool:
    """Draw what a grid costs and the buttons that queue it or the study; return if one was used."""
    if asked.cells:
        costs.show(grids.estimate(state.workspace(), asked))
    n_runs = len(asked.cells) * len(asked.seeds)
    with st.container(horizontal=True, gap="small"):
        is_asked = st.button(
            f"Queue {counted(n_runs, 'run')}", key="experiments_queue", type="primary",
            icon=":material/play_arrow:", disabled=not asked.cells,
        )  # fmt: skip
        in_all = costs.in_all(grids.estimate(state.workspace(), study).costs)
        is_study = st.button(
            f"Queue the study's table: {len(study.cells) * len(study.seeds)} runs, {in_all}",
            key="experiments_study", icon=":material/grid_on:",
            help="VGG-16 and ResNet-50, each plain, with batch norm and dropout, and so with "
            "forehead, eyes, nose and mouth covered; seeds, epochs, side and protocol as above.",
        )  # fmt: skip
    if is_asked or is_study:
        _queue(study if is_study else asked)
    return is_asked or is_study


def _queue(asked: GridRequest) -> None:
    runs = grids.queue_grid(state.workspace(), asked)
    ensure_supervisor(state.workspace())
    st.toast(f"{counted(len(runs), 'run')} queued, from #{runs[0].id} on.")


def _freeze(dataset: DatasetRow, known: set[int]) -> None:
    version = versions.freeze(state.workspace(), dataset.name)
    if version.id in known:
        st.toast(f"Nothing changed since version {version.digest} was frozen.")
        return
    st.toast(f"Frozen: version {version.digest} with {counted(version.n_images, 'face')}.")
    st.rerun()


def _version_name(version: VersionRow) -> str:
    return f"{version.digest[:8]}, {counted(version.n_images, 'face')}, {ago(version.created_at)}"
