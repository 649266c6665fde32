"""Grid: many faces at once; select, then label, drop or tag them as one batch."""

from datetime import UTC, datetime

from core.services import access, experiments
from core.services.access import Scope
from core.services.queues import QueueSpec
from core.services.terms import DatasetRow, JobStatus, RunRow
from dashboard import state
from dashboard.components import grid_actions, queue_controls
from dashboard.components.empty import require_dataset
from dashboard.components.grid import Shown, action, wall
from dashboard.components.grid.filters import filters
from dashboard.components.tag_list import tag_list

KEY = "grid_wall"


def finished(dataset: DatasetRow) -> list[RunRow]:
    """Return the finished runs on a data set, oldest first."""
    runs = experiments.runs(state.workspace())
    mine = [run for run in runs if run.dataset == dataset.name and run.status is JobStatus.DONE]
    return sorted(mine, key=lambda run: run.id)


def shown(dataset: DatasetRow, spec: QueueSpec, runs: list[RunRow]) -> Shown:
    """Return what the wall shows, with permission signed for this annotator and data set."""
    tags = list(state.tag_counts(dataset.id, dataset.revision))
    done = grid_actions.last(dataset.id)
    permission = access.issue(
        state.workspace(), Scope.LABEL, annotator=state.annotator(), dataset_id=dataset.id,
        now=datetime.now(UTC),
    )  # fmt: skip
    return Shown(
        dataset_id=dataset.id, revision=dataset.revision, permission=permission,
        query=spec.to_query(), page=grid_actions.page_number(), heard=grid_actions.heard(),
        filters=filters(tags, runs), tags=tags, said=done.said, can_undo=done.batch is not None,
    )  # fmt: skip


dataset = require_dataset()
runs = finished(dataset)
spec = queue_controls.named_queue(runs)
wall(
    shown(dataset, spec, runs), key=KEY,
    on_action=lambda: grid_actions.act(dataset.id, action(KEY)),
)  # fmt: skip
tag_list(dataset, view="grid")
