"""The label issues job on drawn faces, with the real network for an epoch or two."""

import pytest

from core.jobs import transitions
from core.jobs.context import JobContext
from core.jobs.handlers import issues as handler
from core.jobs.run import run_job
from core.ml.cross_validation import FoldReport
from core.ml.training import EpochReport
from core.services import issue_files, issues, results
from core.services.datasets import find_dataset
from core.services.jobs import find_job, request_cancel, requeue, unfinished
from core.services.sampling import make_sample
from db.enums import JobStatus


@pytest.fixture
def sample(workspace):
    """120 drawn faces; returns the data set's id."""
    make_sample(workspace, n_images=120)
    return find_dataset(workspace, "sample").id


@pytest.fixture
def job(workspace, sample):
    """A queued search with two folds of one epoch."""
    return issues.enqueue_issues(workspace, "sample", folds=2, epochs=1)


def work_off(workspace, job):
    transitions.claim(workspace, "me")
    run_job(workspace, job.id)
    return find_job(workspace, job.id)


def test_a_search_scores_every_kept_face_once(workspace, sample, job):
    done = work_off(workspace, job)
    assert done.error is None
    assert done.status is JobStatus.DONE
    rows = issues.ranked(workspace, sample)
    assert len({row.image_id for row in rows}) == len(rows) == 120
    scores = [row.score for row in rows]
    assert scores == sorted(scores)
    assert scores[0] >= 0
    assert scores[-1] <= 1
    assert all(row.suggested is not row.label for row in rows)
    assert [one.k for one in issues.precision_on_truth(workspace, sample)] == [20, 50, 100]
    assert not workspace.job_dir(job.id).exists()
    listed = issue_files.default_path(workspace, find_dataset(workspace, "sample"))
    assert len(listed.read_text().splitlines()) == 1 + 120


def test_a_cancelled_search_goes_on_to_the_scores_it_would_have_had(workspace, monkeypatch):
    make_sample(workspace, n_images=60)
    sample = find_dataset(workspace, "sample").id
    work_off(workspace, issues.enqueue_issues(workspace, "sample", folds=2, epochs=1))
    whole = issues.ranked(workspace, sample)
    again = issues.enqueue_issues(workspace, "sample", folds=2, epochs=1)
    report = JobContext.report

    def cancel_after_a_fold(context, progress, message):
        if message.startswith("Fold 2"):
            request_cancel(workspace, again.id)
        report(context, progress, message)

    with monkeypatch.context() as patched:
        patched.setattr(JobContext, "report", cancel_after_a_fold)
        assert work_off(workspace, again).status is JobStatus.CANCELLED
    assert (workspace.job_dir(again.id) / "round-1" / "fold-1.npz").exists()
    requeue(workspace, again.id)
    assert work_off(workspace, again).status is JobStatus.DONE
    assert issues.ranked(workspace, sample) == whole


def test_a_search_by_a_run_scores_the_test_faces_that_it_saw_no_copy_of(workspace, fill):
    fill(workspace)
    for queued in unfinished(workspace):
        request_cancel(workspace, queued.id)
    job = issues.enqueue_issues(workspace, "faces", run=1)
    done = work_off(workspace, job)
    assert (done.status, done.error) == (JobStatus.DONE, None)
    table = results.predictions(workspace, 1)
    rows = issues.ranked(workspace, 1)
    assert {row.image_id for row in rows} == set(table["image_id"][table["leak_free"]])
    assert issues.n_left_out(workspace, done) == 56 - len(rows) == 30


def test_time_left_counts_the_folds_to_come():
    told = []

    class Told:
        def report(self, progress, message):
            told.append((round(progress / handler.TRAINING_SHARE, 3), message))

    config = handler.fold_config(100, seed=0, epochs=2)  # both epochs at full size
    report = handler.reporter(Told(), config)
    for fold, epoch, seconds in ((1, 1, 10.0), (1, 2, 20.0), (2, 1, 10.0)):
        report(FoldReport(fold, 2, EpochReport(epoch, 2, 1.0, 0.5, 1.0, 0.5, seconds)))
    assert told == [
        (0.25, "Fold 1 of 2, epoch 1 of 2, about 30 s left"),
        (0.5, "Fold 1 of 2, epoch 2 of 2, about 20 s left"),
        (0.75, "Fold 2 of 2, epoch 1 of 2, about 10 s left"),
    ]
