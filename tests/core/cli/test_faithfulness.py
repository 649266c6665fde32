"""`feelingit faithfulness`: what is there is shown; what is missing is examined first."""

import pytest

from core.cli import faithfulness as command
from core.services import experiments, jobs
from core.services.faithfulness import record_faithfulness
from db.enums import JobKind, JobStatus, SaliencyMethod


@pytest.fixture
def run_id(workspace, fill):
    fill(workspace)
    return min(run.id for run in experiments.runs(workspace) if run.status is JobStatus.DONE)


@pytest.fixture
def examined(workspace, run_id, examination):
    record_faithfulness(workspace, run_id, SaliencyMethod.GRAD_CAM, examination)
    return run_id


def test_a_person_reads_areas_likeness_and_the_verdict(feelingit, examined):
    done = feelingit("faithfulness", examined)
    assert done.status == 0
    for words in (
        "deletion",
        "0.250 (0.200 to 0.300)",
        "classifier",
        "not computed",
        "Maps change",
    ):
        assert words in done.out


def test_a_program_reads_all_of_it(feelingit, examined):
    document = feelingit("faithfulness", examined, "--json").document
    assert document["run"] == examined
    assert document["curves"][0]["area"]["value"] == 0.25
    assert document["sensitivity"] == {"value": None, "n": 0, "why": "It was too slow."}
    assert document["randomisation"][-1]["spearman"]["value"] == pytest.approx(0.1)


def test_what_is_missing_is_examined_first(feelingit, workspace, run_id, examination, monkeypatch):
    def examine(workspace, job_id, what):
        record_faithfulness(workspace, run_id, SaliencyMethod.GRADIENT, examination)
        job = jobs.find_job(workspace, job_id)
        assert job.kind is JobKind.FAITHFULNESS
        return jobs.request_cancel(workspace, job_id)

    monkeypatch.setattr(command, "wait_for_job", examine)
    stopped = feelingit("faithfulness", run_id, "--method", "gradient", "--json")
    assert stopped.status == 1
    assert stopped.err.count("\n") == 1
    assert "cancelled" in stopped.err
    assert feelingit("faithfulness", run_id, "--method", "gradient", "--json").status == 0


def test_an_unknown_run_is_one_sentence(feelingit, workspace):
    done = feelingit("faithfulness", 99)
    assert done.status == 1
    assert done.err.count("\n") == 1
