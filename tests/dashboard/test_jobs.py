"""What a job is called where people watch it."""

import pytest

from core.services import experiments, jobs
from core.services.terms import JobKind
from core.workspace import Workspace
from dashboard.components.jobs import name


@pytest.mark.parametrize(
    ("kind", "payload", "called"),
    [
        (JobKind.TRAIN, {"run": 2}, "Train #2 Fast, eyes covered"),
        (JobKind.SALIENCY, {"run": 1, "method": "tiles"}, "Maps of #1 Fast, no mask: Tile task"),
        (
            JobKind.FAITHFULNESS,
            {"run": 1, "method": "smooth_grad"},
            "Trust in maps of #1 Fast, no mask: SmoothGrad",
        ),
        (JobKind.LANDMARKS, {"dataset": 1, "name": "faces"}, "Landmarks of faces"),
    ],
)
def test_a_job_is_named_by_what_it_does(
    filled: Workspace, kind: JobKind, payload: dict, called: str
):
    runs = {run.id: run for run in experiments.runs(filled)}
    assert name(jobs.enqueue(filled, kind, payload), runs) == called
