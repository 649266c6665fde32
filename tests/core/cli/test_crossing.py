import pytest

from core.services import experiments, jobs
from db.enums import JobKind, JobStatus


@pytest.fixture
def version(workspace, fill, monkeypatch) -> str:
    fill(workspace)
    monkeypatch.setattr("core.cli.crossing.ensure_supervisor", lambda _: False)
    return experiments.runs(workspace)[0].version


def test_a_matrix_names_its_cells_and_what_is_missing(feelingit, version):
    document = feelingit("crossing", version, "--json").document
    assert document["test_masks"] == ["none", "eyes", "ctl-eyes"]
    first, second = document["rows"]
    assert (first["mask"], second["mask"]) == ("none", "eyes")
    cell = first["cells"]["none"]
    assert cell["low"] < cell["accuracy"] < cell["high"]
    assert first["cells"]["eyes"] is None
    assert document["missing"] == {"1": ["eyes", "ctl-eyes"], "2": ["none", "ctl-eyes"]}


def test_what_is_missing_is_queued_once(feelingit, workspace, version):
    assert len(feelingit("crossing", version, "--fill", "--json").document["queued"]) == 2
    assert feelingit("crossing", version, "--fill", "--json").document["queued"] == []
    waiting = [job for job in jobs.unfinished(workspace) if job.kind is JobKind.EVALUATE]
    assert [job.status for job in waiting] == [JobStatus.QUEUED] * 2


def test_people_read_it_as_a_table(feelingit, version):
    done = feelingit("crossing", version, "--slice", "leak-free")
    assert done.status == 0
    assert "Accuracy by what was covered in testing (leak-free)" in done.out
    assert "4 tests are missing; --fill queues them." in done.err


def test_a_model_without_runs_is_one_sentence(feelingit, version):
    done = feelingit("crossing", version, "--model", "vgg16")
    assert done.status == 1
    assert done.err.startswith(f"No run of vgg16 on version {version} is done")
