"""Relabel: one face at a time, by key; every press is stored at once as an event."""

from datetime import UTC, datetime

import streamlit as st

from core.services import access, experiments, tagging
from core.services.access import Scope
from core.services.queues import QueueSpec
from core.services.terms import DatasetRow, JobStatus, RunRow
from dashboard import state
from dashboard.components import queue_controls
from dashboard.components.empty import require_dataset
from dashboard.components.relabel import Seat, desk
from dashboard.components.tag_list import tag_list
from dashboard.format import counted, number


def finished(dataset: DatasetRow) -> list[RunRow]:
    """Return the finished runs on a data set, oldest first."""
    runs = experiments.runs(state.workspace())
    mine = [run for run in runs if run.dataset == dataset.name and run.status is JobStatus.DONE]
    return sorted(mine, key=lambda run: run.id)


def options(runs: list[RunRow], spec: QueueSpec) -> tuple[bool, int | None]:
    """Draw the switches of the desk; return whether it is blind and whose predictions it shows."""
    is_blind = st.toggle(
        "Blind", key="blind", bind="query-params",
        help="Hides labels, predictions and history; what you press is a second opinion.",
    )  # fmt: skip
    if not runs or is_blind:
        return is_blind, None
    return is_blind, queue_controls.choose_predictions(runs, spec.run)


def seat(
    dataset: DatasetRow, spec: QueueSpec, tags: list[str], *, run: int | None, is_blind: bool
) -> Seat:
    """Return who sits at the desk, with permissions signed for this annotator and data set."""
    workspace, who, now = state.workspace(), state.annotator(), datetime.now(UTC)

    def permission(scope: Scope) -> str:
        return access.issue(workspace, scope, annotator=who, dataset_id=dataset.id, now=now)

    return Seat(
        mark=access.workspace_mark(workspace), dataset_id=dataset.id, annotator=who,
        permission=permission(Scope.LABEL), look=permission(Scope.LOOK), queue=spec.to_query(),
        queue_key=spec.key, tags=tags, run=run, is_blind=is_blind,
    )  # fmt: skip


def tally(dataset: DatasetRow, spec: QueueSpec) -> None:
    """Draw how far the labeling had come when the page was opened, and the queue's length."""
    done = state.progress(dataset.id, dataset.revision)
    waiting = state.queue_length(dataset.id, dataset.revision, spec)
    st.caption(
        f"{counted(waiting, 'face')} in this queue. Of {number(done.kept)} kept faces "
        f"{number(done.touched)} were looked at and {number(done.relabeled)} relabeled when this "
        "page was opened."
    )


dataset = require_dataset()
runs = finished(dataset)
tags = tagging.tag_list(state.workspace(), dataset.id)
with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
    spec = queue_controls.choose_queue("relabel", tags=tags, runs=runs)
    is_blind, run = options(runs, spec)
desk(seat(dataset, spec, tags, run=run, is_blind=is_blind), key="relabel_desk")
tally(dataset, spec)
tag_list(dataset, view="relabel")
