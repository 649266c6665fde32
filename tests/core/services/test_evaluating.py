import pytest

from core.errors import MissingLandmarksError, NotReadyError
from core.services import experiments, jobs
from core.services.evaluating import enqueue_evaluation, enqueue_evaluations, without_waiting
from db.enums import JobKind, JobStatus, Mask


@pytest.fixture
def done(workspace, fill) -> list[int]:
    """Ids of two finished runs beside a failed and a queued one."""
    fill(workspace)
    return sorted(r.id for r in experiments.runs(workspace) if r.status is JobStatus.DONE)


def queued(workspace) -> list[dict]:
    return [job.payload for job in jobs.unfinished(workspace) if job.kind is JobKind.EVALUATE]


def test_each_run_is_tested_under_its_own_masks(workspace, done):
    enqueue_evaluations(workspace, {done[0]: [Mask.EYES, Mask.CTL_EYES], done[1]: [Mask.NONE]})
    assert queued(workspace) == [
        {"run": done[0], "test_masks": ["eyes", "ctl-eyes"]},
        {"run": done[1], "test_masks": ["none"]},
    ]


def test_what_waits_already_is_not_queued_again(workspace, done):
    enqueue_evaluation(workspace, done[0], [Mask.EYES])
    wanted = {done[0]: [Mask.EYES, Mask.MOUTH], done[1]: []}
    assert without_waiting(workspace, wanted) == {done[0]: [Mask.MOUTH]}
    enqueue_evaluations(workspace, wanted)
    assert [one["test_masks"] for one in queued(workspace)] == [["eyes"], ["mouth"]]


def test_nothing_is_queued_where_one_run_cannot_be_tested(workspace, done):
    with pytest.raises(MissingLandmarksError):
        enqueue_evaluations(workspace, {done[0]: [Mask.EYES], done[1]: [Mask.LM_EYES]})
    waiting = max(run.id for run in experiments.runs(workspace))
    with pytest.raises(NotReadyError):
        enqueue_evaluations(workspace, {done[0]: [Mask.EYES], waiting: [Mask.EYES]})
    assert queued(workspace) == []
