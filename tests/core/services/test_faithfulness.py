"""Examinations of a run's maps are queued once, kept whole and read back."""

import pytest

from core.errors import NotReadyError, UnknownRunError
from core.services import experiments
from core.services.faithfulness import (
    enqueue_faithfulness,
    faithfulness,
    faithfulness_path,
    record_faithfulness,
    result_document,
)
from db.enums import JobKind, JobStatus, SaliencyMethod

METHOD = SaliencyMethod.GRADIENT


@pytest.fixture
def run_id(workspace, fill):
    fill(workspace)
    return min(run.id for run in experiments.runs(workspace) if run.status is JobStatus.DONE)


def test_an_examination_is_queued_once_for_each_method(workspace, run_id):
    job = enqueue_faithfulness(workspace, run_id, METHOD)
    assert job.kind is JobKind.FAITHFULNESS
    assert job.payload == {"run": run_id, "method": "gradient"}
    assert enqueue_faithfulness(workspace, run_id, METHOD).id == job.id
    assert enqueue_faithfulness(workspace, run_id, SaliencyMethod.GRAD_CAM).id != job.id


def test_only_finished_runs_are_examined(workspace, run_id):
    failed = next(r.id for r in experiments.runs(workspace) if r.status is JobStatus.FAILED)
    with pytest.raises(NotReadyError, match="trained to its end to have its maps examined"):
        enqueue_faithfulness(workspace, failed, METHOD)
    with pytest.raises(UnknownRunError):
        enqueue_faithfulness(workspace, 999, METHOD)


def test_what_is_missing_says_how_to_get_it(workspace, run_id):
    with pytest.raises(NotReadyError, match=f"feelingit faithfulness {run_id} --method gradient"):
        faithfulness(workspace, run_id, METHOD)
    job = enqueue_faithfulness(workspace, run_id, METHOD)
    with pytest.raises(NotReadyError, match=f"job {job.id}"):
        faithfulness(workspace, run_id, METHOD)
    with pytest.raises(UnknownRunError):
        faithfulness(workspace, 999, METHOD)


def test_an_examination_is_kept_beside_the_run_and_nothing_else_is(workspace, run_id, examination):
    record_faithfulness(workspace, run_id, METHOD, examination)
    read = faithfulness(workspace, run_id, METHOD)
    assert (read.stages, read.infidelity) == (examination.stages, examination.infidelity)
    names = {path.name for path in workspace.run_dir(run_id).iterdir() if "faith" in path.name}
    assert names == {"faithfulness-gradient.json"}


def test_the_document_names_run_method_and_verdict(workspace, run_id, examination):
    record_faithfulness(workspace, run_id, METHOD, examination)
    document = result_document(workspace, run_id, METHOD)
    assert (document["run"], document["method"]) == (run_id, "gradient")
    assert document["is_flagged"] is False
    assert len(document["curves"]) == len(examination.curves)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"n_images": 1}'])
def test_a_damaged_file_is_said_to_be_unreadable(workspace, run_id, text):
    path = faithfulness_path(workspace, run_id, METHOD)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    with pytest.raises(NotReadyError, match="cannot be read"):
        faithfulness(workspace, run_id, METHOD)
