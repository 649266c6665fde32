"""What runs take on disk, and deleting and starting over without leaving anything behind."""

import pytest

from core.errors import JobStateError, UnknownRunError
from core.services import experiments, jobs, storage
from core.services.versions import freeze
from db.enums import EMOTIONS, JobKind, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.repositories import jobs as stored
from db.rows import EpochRow


@pytest.fixture
def run(workspace, add_faces):
    """A queued run with a checkpoint of 1,000 bytes, a log of 500 and an epoch."""
    add_faces([(Split.TRAIN, emotion, k) for k, emotion in enumerate(EMOTIONS)])
    made = experiments.enqueue_training(
        workspace, version=freeze(workspace, "faces").digest, model=ModelName.FAST, mask=Mask.NONE
    )
    workspace.run_dir(made.id).mkdir(parents=True)
    (workspace.run_dir(made.id) / "checkpoint.pt").write_bytes(b"x" * 1000)
    workspace.job_log(made.job_id).parent.mkdir(parents=True, exist_ok=True)
    workspace.job_log(made.job_id).write_bytes(b"y" * 500)
    row = EpochRow(
        run_id=made.id, number=1, train_loss=1, train_accuracy=0, validation_loss=1,
        validation_accuracy=0, seconds=1,
    )  # fmt: skip
    experiments.record_epoch(workspace, row)
    return made


def start(workspace):
    with workspace.writing() as session:
        return stored.claim(session, "me", now=jobs.jobs(workspace)[0].queued_at)


def test_the_bytes_of_a_run_are_those_of_its_folder(workspace, run):
    assert storage.run_bytes(workspace, run.id) == 1000
    assert storage.run_bytes(workspace, 99) == 0


def test_the_usage_tells_runs_from_the_rest(workspace, run):
    used = storage.usage(workspace)
    assert (used.runs, used.versions) == (1000, 0)
    assert used.other >= 500
    assert used.free > 0
    assert used.total == used.runs + used.other + used.database


def test_the_numbers_of_a_deleted_run_and_its_job_never_come_back(workspace, run):
    storage.delete_run(workspace, run.id)
    later = experiments.enqueue_training(
        workspace, version=run.version, model=ModelName.FAST, mask=Mask.NONE
    )
    assert (later.id, later.job_id) == (run.id + 1, run.job_id + 1)


def test_a_deleted_run_leaves_neither_rows_nor_files(workspace, run):
    assert storage.delete_run(workspace, run.id) == 1500
    with pytest.raises(UnknownRunError):
        experiments.find_run(workspace, run.id)
    assert jobs.jobs(workspace) == []
    assert experiments.epochs(workspace, run.id) == []
    assert not workspace.run_dir(run.id).exists()
    assert not workspace.job_log(run.job_id).exists()
    assert not (workspace.data_dir / "trash").exists()


def test_what_waits_for_a_deleted_run_goes_with_it(workspace, run):
    jobs.enqueue(workspace, JobKind.SALIENCY, {"run": run.id, "method": SaliencyMethod.GRADIENT})
    other = jobs.enqueue(workspace, JobKind.SALIENCY, {"run": run.id + 1, "method": "gradient"})
    storage.delete_run(workspace, run.id)
    assert [job.id for job in jobs.jobs(workspace)] == [other.id]


def test_a_run_with_figures_and_maps_can_be_deleted(workspace, fill):
    fill(workspace)
    (first,) = [run for run in experiments.runs(workspace) if run.id == 1]
    storage.delete_run(workspace, first.id)
    assert 1 not in [run.id for run in experiments.runs(workspace)]


def test_a_running_run_is_not_deleted(workspace, run):
    start(workspace)
    with pytest.raises(JobStateError, match="while its job 1 runs"):
        storage.delete_run(workspace, run.id)
    assert experiments.find_run(workspace, run.id).status is JobStatus.RUNNING
    assert storage.run_bytes(workspace, run.id) == 1000


def test_files_that_cannot_be_moved_keep_the_run(workspace, run, monkeypatch):
    def refuse(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", refuse)
    with pytest.raises(OSError, match="No space"):
        storage.delete_run(workspace, run.id)
    assert experiments.find_run(workspace, run.id) == run
    assert storage.run_bytes(workspace, run.id) == 1000


def test_an_unknown_run_is_named(workspace):
    with pytest.raises(UnknownRunError, match="'7'"):
        storage.delete_run(workspace, 7)


def test_starting_over_forgets_the_checkpoint(workspace, run):
    jobs.request_cancel(workspace, run.job_id)
    again = storage.start_over(workspace, run.job_id)
    assert (again.status, again.attempt, again.progress) == (JobStatus.QUEUED, 0, 0.0)
    assert not workspace.run_dir(run.id).exists()


def test_only_stopped_jobs_start_over(workspace, run):
    with pytest.raises(JobStateError, match="is queued"):
        storage.start_over(workspace, run.job_id)
    assert storage.run_bytes(workspace, run.id) == 1000
