"""A command that waits for its job says what it waits for."""

import pytest

from core.cli import waiting
from core.services import jobs
from db.enums import JobKind, JobStatus


@pytest.fixture
def others(workspace):
    return [jobs.enqueue(workspace, JobKind.TRAIN, {"run": run}).id for run in (1, 2)]


@pytest.fixture
def job_id(workspace, others, monkeypatch):
    job = jobs.enqueue(workspace, JobKind.SALIENCY, {"run": 3})

    def end(_workspace):
        jobs.request_cancel(workspace, job.id)

    monkeypatch.setattr(waiting, "ensure_supervisor", end)
    monkeypatch.setattr(waiting, "POLL_S", 0.0)
    return job.id


def test_jobs_that_come_first_are_counted(workspace, others, job_id, capsys):
    ended = waiting.wait_for_job(workspace, job_id, "Maps of run 3")
    assert ended.status is JobStatus.CANCELLED
    said = capsys.readouterr().err
    assert f"Maps of run 3: job {job_id} waits for 2 jobs that come first" in said


def test_nothing_is_said_where_no_job_comes_first(workspace, others, job_id, capsys):
    for other in others:
        jobs.request_cancel(workspace, other)
    waiting.wait_for_job(workspace, job_id, "Maps of run 3")
    assert "first" not in capsys.readouterr().err
