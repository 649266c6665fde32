"""What the process of a job records, with handlers given as functions."""

import subprocess
import sys

import pytest

from core.errors import EmptySetError, JobStateError, UnknownJobError
from core.jobs import transitions
from core.jobs.claims import claim_token
from core.jobs.run import run_job
from core.services.jobs import enqueue, find_job, request_cancel
from db.enums import JobKind, JobStatus


@pytest.fixture
def job(workspace):
    """A job that a supervisor has claimed."""
    enqueue(workspace, JobKind.TRAIN, {"run": 7})
    return transitions.claim(workspace, "me")


def run_with(workspace, job, handle):
    status = run_job(workspace, job.id, find_handler=lambda _kind: handle)
    recorded = find_job(workspace, job.id)
    assert recorded.status is status
    return recorded


def test_a_handler_gets_its_job_and_workspace(workspace, job):
    seen = []
    run_with(workspace, job, seen.append)
    assert (seen[0].workspace, seen[0].job.payload) == (workspace, {"run": 7})


def test_a_handler_that_returns_makes_the_job_done(workspace, job):
    done = run_with(workspace, job, lambda context: context.report(0.4, "almost"))
    assert (done.status, done.progress, done.worker) == (JobStatus.DONE, 1.0, None)
    assert done.finished_at >= done.started_at


def test_an_error_of_ours_is_kept_as_its_sentence(workspace, job):
    def refuse(_context):
        raise EmptySetError("There are no faces; import some.")

    assert run_with(workspace, job, refuse).error == "There are no faces; import some."


def test_another_error_is_kept_as_the_first_line_of_its_last_traceback_entry(workspace, job):
    def break_down(_context):
        raise KeyError("first")

    assert run_with(workspace, job, break_down).error == "KeyError: 'first'"


def test_a_report_after_a_cancel_request_ends_the_job_as_cancelled(workspace, job):
    def be_cancelled(context):
        request_cancel(workspace, context.job.id)
        context.report(0.5, "one more")

    cancelled = run_with(workspace, job, be_cancelled)
    assert (cancelled.status, cancelled.error) == (JobStatus.CANCELLED, None)


def test_a_process_that_lost_its_job_changes_nothing_any_more(workspace, job):
    def be_slow(context):
        transitions.hand_back(workspace, context.job)
        context.report(0.5, "still here")

    run_job(workspace, job.id, find_handler=lambda _kind: be_slow)
    assert find_job(workspace, job.id).status is JobStatus.QUEUED
    assert find_job(workspace, job.id).progress == 0


def test_a_job_that_nobody_claimed_is_refused(workspace):
    job = enqueue(workspace, JobKind.TRAIN, {})
    with pytest.raises(JobStateError, match="is queued"):
        run_job(workspace, job.id)


def test_a_process_that_was_held_up_until_its_job_was_claimed_anew_is_refused(workspace, job):
    transitions.settle_lost(workspace, job, "was held up")
    again = transitions.claim(workspace, "other")
    with pytest.raises(JobStateError, match="too late"):
        run_job(workspace, job.id, claim=claim_token(job))
    assert find_job(workspace, job.id) == again


def test_an_unknown_job_is_refused(workspace):
    with pytest.raises(UnknownJobError, match="no job 9"):
        run_job(workspace, 9)


def test_launching_and_serving_load_no_torch():
    code = """
import importlib, pkgutil, sys
import core.services
for module in pkgutil.iter_modules(core.services.__path__, "core.services."):
    importlib.import_module(module.name)
import core.jobs.launch, core.jobs.supervisor, core.jobs.run
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
