"""Queueing runs and reading them."""

import pytest

from core.configs import SMALL_STUDY_EPOCHS, preset
from core.errors import ConfigError, UnknownRunError, UnknownVersionError
from core.services.experiments import (
    enqueue_training,
    epochs,
    find_run,
    queue_small_study,
    record_epoch,
    record_start,
    runs,
)
from core.services.jobs import find_job, jobs
from core.services.versions import freeze
from db.enums import EMOTIONS, STUDY_MASKS, JobKind, JobStatus, Mask, ModelName, Split
from db.rows import EpochRow


@pytest.fixture
def version(workspace, add_faces):
    add_faces([(Split.TRAIN, emotion, k) for k, emotion in enumerate(EMOTIONS)])
    return freeze(workspace, "faces")


@pytest.fixture
def run(workspace, version):
    return enqueue_training(
        workspace,
        version=version.digest,
        model=ModelName.FAST,
        mask=Mask.EYES,
        seed=3,
        overrides={"epochs": 5},
    )


def epoch(run, number, **changes):
    row = {"run_id": run.id, "number": number, "train_loss": 1.5, "train_accuracy": 0.25}
    row |= {"validation_loss": None, "validation_accuracy": None, "seconds": 2.0 * number}
    return EpochRow(**{**row, **changes})


def test_a_queued_run_says_what_was_asked(run, version):
    assert (run.version, run.dataset, run.status) == (version.digest, "faces", JobStatus.QUEUED)
    assert (run.model, run.mask, run.seed) == (ModelName.FAST, Mask.EYES, 3)
    assert run.config == preset(ModelName.FAST, mask=Mask.EYES, seed=3, epochs=5).to_json()


def test_the_job_of_a_run_names_it(workspace, run):
    job = find_job(workspace, run.job_id)
    assert (job.kind, job.payload) == (JobKind.TRAIN, {"run": run.id})


def test_the_same_run_may_be_queued_again(workspace, run, version):
    again = enqueue_training(
        workspace, version=version.digest, model=ModelName.FAST, mask=Mask.EYES, seed=3
    )
    assert [row.id for row in runs(workspace)] == [again.id, run.id]


@pytest.mark.parametrize("overrides", [{"epochs": 0}, {"epochs": "many"}, {"epoch": 3}])
def test_a_setting_that_cannot_work_is_refused_and_nothing_queued(workspace, version, overrides):
    with pytest.raises(ConfigError):
        enqueue_training(
            workspace,
            version=version.digest,
            model=ModelName.FAST,
            mask=Mask.NONE,
            overrides=overrides,
        )
    assert (jobs(workspace), runs(workspace)) == ([], [])


def test_an_unknown_version_is_refused(workspace):
    with pytest.raises(UnknownVersionError, match="nowhere"):
        enqueue_training(workspace, version="nowhere", model=ModelName.FAST, mask=Mask.NONE)


def test_an_unknown_run_is_named(workspace):
    with pytest.raises(UnknownRunError, match="'8'"):
        find_run(workspace, 8)


def test_an_epoch_recorded_twice_is_kept_as_it_was_last(workspace, run):
    for row in (epoch(run, 1), epoch(run, 2), epoch(run, 1, train_loss=0.5)):
        record_epoch(workspace, row)
    assert epochs(workspace, run.id) == [epoch(run, 1, train_loss=0.5), epoch(run, 2)]


@pytest.mark.parametrize(("is_fresh", "n_left"), [(True, 0), (False, 1)])
def test_only_a_fresh_start_forgets_earlier_epochs(workspace, run, is_fresh, n_left):
    record_epoch(workspace, epoch(run, 1))
    record_start(workspace, run.id, provenance={"a": 1}, test_split=Split.TEST, is_fresh=is_fresh)
    assert len(epochs(workspace, run.id)) == n_left
    assert find_run(workspace, run.id).provenance == {"a": 1}
    assert find_run(workspace, run.id).test_split is Split.TEST


def test_the_small_study_is_every_mask_and_one_saliency_job_of_the_unmasked_run(workspace, version):
    study = queue_small_study(workspace, "faces")
    assert [run.mask for run in study] == list(STUDY_MASKS)
    assert {run.config["epochs"] for run in study} == {SMALL_STUDY_EPOCHS}
    last = jobs(workspace)[0]
    assert last.kind is JobKind.SALIENCY
    assert last.payload == {"run": study[0].id, "method": "grad_cam"}


def test_the_small_study_is_queued_once(workspace, version):
    queue_small_study(workspace, "faces")
    assert queue_small_study(workspace, "faces") == []
    assert len(runs(workspace)) == 4
