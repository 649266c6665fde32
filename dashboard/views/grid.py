"""Grid: many faces at once; select, then label, drop or tag them as one batch."""

import streamlit as st

from core.services import experiments, queues, tagging
from core.services.queues import QueueSpec
from core.services.terms import DatasetRow, JobStatus, RunRow
from dashboard import state
from dashboard.components import grid_actions, queue_controls
from dashboard.components.empty import require_dataset
from dashboard.components.grid import WallPage, action, wall
from dashboard.components.grid_actions import PAGE, PAGE_SIZE

KEY = "grid_wall"
SHOWN = "grid_shown"


def finished(dataset: DatasetRow) -> list[RunRow]:
    """Return the finished runs on a data set, oldest first."""
    runs = experiments.runs(state.workspace())
    mine = [run for run in runs if run.dataset == dataset.name and run.status is JobStatus.DONE]
    return sorted(mine, key=lambda run: run.id)


def start_of(dataset: DatasetRow, spec: QueueSpec, total: int) -> int:
    """Return where the page on screen starts; another queue than before begins at its start."""
    shown = f"{dataset.id}:{spec.key}"
    if st.session_state.get(SHOWN, shown) != shown:
        st.query_params.pop(PAGE, None)
    st.session_state[SHOWN] = shown
    written = st.query_params.get(PAGE, "1")
    number = int(written) if written.isdecimal() and len(written) <= 6 else 1
    last = max(0, (total - 1) // PAGE_SIZE)
    return min(max(number - 1, 0), last) * PAGE_SIZE


def page_of(dataset: DatasetRow, spec: QueueSpec, tags: list[str]) -> WallPage:
    """Return the faces on screen and what stands around them."""
    total = state.queue_length(dataset.id, dataset.revision, spec)
    start = start_of(dataset, spec, total)
    ids = queues.page(state.workspace(), dataset.id, spec, start=start, limit=PAGE_SIZE)
    done = grid_actions.last(dataset.id)
    return WallPage(
        queue_key=f"{dataset.id}:{spec.key}",
        rows=state.image_rows(tuple(ids), dataset.id, dataset.revision),
        sheet=state.contact_sheet(tuple(ids)), held=tagging.tags_of(state.workspace(), ids),
        tags=tags, start=start, total=total, page_size=PAGE_SIZE, said=done.said,
        can_undo=done.batch is not None,
    )  # fmt: skip


dataset = require_dataset()
tags = list(state.tag_counts(dataset.id, dataset.revision))
with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
    spec = queue_controls.choose_queue("grid", tags=tags, runs=finished(dataset))
wall(
    page_of(dataset, spec, tags), key=KEY,
    on_action=lambda: grid_actions.act(dataset.id, spec, action(KEY)),
)  # fmt: skip
