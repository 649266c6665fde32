"""Jobs are listed, paused, moved, stopped, repeated and deleted from the command line."""

from io import StringIO

import pytest

from core.cli import running
from core.services import experiments, jobs
from core.services.versions import freeze
from db.enums import EMOTIONS, JobKind, JobStatus, Mask, ModelName, Split


@pytest.fixture(autouse=True)
def unsupervised(monkeypatch):
    """Queue jobs and leave them be."""
    monkeypatch.setattr(running, "ensure_supervisor", lambda _: None)


@pytest.fixture
def queued(workspace, add_faces):
    """Three queued runs; returns the ids of their jobs."""
    add_faces([(Split.TRAIN, emotion, k) for k, emotion in enumerate(EMOTIONS)])
    version = freeze(workspace, "faces").digest
    runs = [
        experiments.enqueue_training(
            workspace, version=version, model=ModelName.FAST, mask=Mask.NONE, seed=seed
        )
        for seed in range(3)
    ]
    return [run.job_id for run in runs]


def standing(workspace, job_id):
    return jobs.find_job(workspace, job_id).status


def test_a_job_is_listed_with_what_it_is_about(feelingit, workspace, queued):
    jobs.enqueue(workspace, JobKind.FAITHFULNESS, {"run": 1, "method": "smooth_grad"})
    jobs.enqueue(workspace, JobKind.LANDMARKS, {"dataset": 1, "name": "faces"})
    listed = feelingit("jobs").out
    for words in ("run 2 ", "run 1, smooth_grad", "faces"):
        assert words in listed
    documents = feelingit("jobs", "--json").document["jobs"]
    assert {(one["run"], one["method"]) for one in documents} == {
        (1, None), (2, None), (3, None), (1, "smooth_grad"), (None, None)
    }  # fmt: skip


def test_a_waiting_job_is_paused_and_resumed(feelingit, workspace, queued):
    assert feelingit("pause", queued[1], "--json").document["status"] == "paused"
    assert standing(workspace, queued[1]) is JobStatus.PAUSED
    assert feelingit("resume", queued[1]).out == f"Job {queued[1]} is queued.\n"
    assert standing(workspace, queued[1]) is JobStatus.QUEUED


def test_all_jobs_pause_and_go_on_with_one_command(feelingit, workspace, queued):
    assert len(feelingit("pause", "--all", "--json").document["jobs"]) == 3
    assert {standing(workspace, job) for job in queued} == {JobStatus.PAUSED}
    feelingit("resume", "--all")
    assert {standing(workspace, job) for job in queued} == {JobStatus.QUEUED}


def test_a_job_is_moved_in_the_order_of_starting(feelingit, workspace, queued):
    first, second, third = queued
    assert feelingit("move", third).out == f"Job {third} is number 1 of those that wait.\n"
    assert [job.id for job in jobs.unfinished(workspace)] == [third, first, second]
    assert feelingit("move", third, "down", "--json").document == {"job": third, "place": 1}
    assert [job.id for job in jobs.unfinished(workspace)] == [first, third, second]


def test_a_cancelled_job_is_done_again_from_the_beginning(feelingit, workspace, queued):
    assert feelingit("cancel", queued[0], "--json").document["status"] == "cancelled"
    checkpoint = workspace.run_dir(1) / "checkpoint.pt"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.touch()
    assert feelingit("retry", queued[0], "--json").document["status"] == "queued"
    assert not checkpoint.exists()


def test_jobs_are_listed_by_how_they_stand(feelingit, queued):
    feelingit("cancel", queued[0])
    every = feelingit("jobs", "--json").document["jobs"]
    waiting = feelingit("jobs", "--status", "queued", "--json").document["jobs"]
    assert {job["job"] for job in every} == set(queued)
    assert [job["job"] for job in waiting] == queued[1:]


def test_a_run_is_deleted_only_when_that_is_confirmed(feelingit, workspace, queued, monkeypatch):
    feelingit("cancel", queued[0])
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    assert feelingit("delete-run", 1).status == 1
    assert len(experiments.runs(workspace)) == 3
    assert feelingit("delete-run", 1, "--yes", "--json").document["run"] == 1
    assert [run.id for run in experiments.runs(workspace)] == [3, 2]


@pytest.mark.parametrize("command", ["cancel", "pause", "resume"])
def test_no_job_named_is_wrong_usage(feelingit, queued, command):
    done = feelingit(command)
    assert (done.status, done.out) == (2, "")
    assert "name jobs by their ids" in done.err


@pytest.mark.parametrize("command", ["cancel", "pause", "resume", "retry", "move", "logs"])
def test_a_job_that_is_not_there_is_one_sentence(feelingit, queued, command):
    done = feelingit(command, 99)
    assert (done.status, done.out) == (1, "")
    assert "99" in done.err
    assert "Traceback" not in done.err
