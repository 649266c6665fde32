"""Runs are tested under further masks when they are done, and along with training."""

import numpy as np
import pytest

from core.configs import preset
from core.errors import ConfigError, MissingLandmarksError, NotReadyError
from core.jobs import transitions
from core.jobs.run import run_job
from core.services.evaluating import enqueue_evaluation
from core.services.experiments import enqueue_run, find_run, runs
from core.services.jobs import find_job
from core.services.repeating import enqueue_like
from core.services.results import predictions, run_result
from core.services.versions import freeze
from db.enums import EMOTIONS, JobStatus, Mask, ModelName, Split


@pytest.fixture
def version(workspace, add_faces):
    train = [(Split.TRAIN, EMOTIONS[k % 7], k) for k in range(14)]
    add_faces([*train, *[(Split.VALIDATION, EMOTIONS[k % 7], 200 + k) for k in range(14)]])
    return freeze(workspace, "faces")


@pytest.fixture
def train(workspace, version):
    """Return a function that trains a tiny run to its end and returns it."""

    def run(*, test_masks=(), **settings):
        config = preset(
            ModelName.FAST,
            **({"epochs": 1, "image_size": 32, "batch_size": 8, "mask": "mouth"} | settings),
        )
        queued = enqueue_run(workspace, version.id, config, test_masks=test_masks)
        assert work_off(workspace, queued.job_id).error is None
        return find_run(workspace, queued.id)

    return run


def work_off(workspace, job_id):
    transitions.claim(workspace, "me")
    run_job(workspace, job_id)
    return find_job(workspace, job_id)


def test_a_run_is_tested_under_its_own_mask_and_those_it_names(workspace, train):
    run = train(test_masks=[Mask.EYES, Mask.CROP_FOREHEAD])
    for mask in (Mask.MOUTH, Mask.EYES, Mask.CROP_FOREHEAD):
        table = predictions(workspace, run.id, test_mask=mask)
        assert len(table) == 14
        accuracy = run_result(workspace, run.id, test_mask=mask).full.overall.accuracy
        assert accuracy == (table["label"] == table["predicted"]).mean()


def test_masks_are_added_to_a_finished_run_and_leave_its_figures_alone(workspace, train):
    run = train()
    before = predictions(workspace, run.id)
    job = enqueue_evaluation(workspace, run.id, [Mask.EYES, Mask.NONE])
    assert work_off(workspace, job.id).error is None
    np.testing.assert_array_equal(before, predictions(workspace, run.id))
    assert len(predictions(workspace, run.id, test_mask=Mask.EYES)) == 14
    assert run_result(workspace, run.id, test_mask=Mask.NONE).full.overall.n == 14
    assert find_run(workspace, run.id).seconds == run.seconds


def test_a_mask_tested_again_gives_the_same_predictions_once(workspace, train):
    run = train()
    before = predictions(workspace, run.id)
    work_off(workspace, enqueue_evaluation(workspace, run.id, [Mask.MOUTH]).id)
    np.testing.assert_array_equal(before, predictions(workspace, run.id))


def test_a_run_under_random_masks_is_tested_without_and_under_each_of_them(workspace, train):
    run = train(mask="random", random_masks=["eyes", "mouth"])
    assert run_result(workspace, run.id).test_mask is Mask.NONE
    assert {len(predictions(workspace, run.id, test_mask=m)) for m in (Mask.EYES, Mask.MOUTH)} == {
        14
    }


def test_a_missing_mask_is_an_error_that_says_how_to_add_it(workspace, train):
    run = train()
    with pytest.raises(NotReadyError, match=f"feelingit evaluate {run.id} --mask eyes"):
        run_result(workspace, run.id, test_mask=Mask.EYES)


def test_only_a_finished_run_is_tested(workspace, version):
    queued = enqueue_run(workspace, version.id, preset(ModelName.FAST))
    with pytest.raises(NotReadyError, match="queued"):
        enqueue_evaluation(workspace, queued.id, [Mask.EYES])


@pytest.mark.parametrize("masks", [[], [Mask.RANDOM]])
def test_masks_that_cannot_be_tested_are_refused(workspace, train, masks):
    run = train()
    with pytest.raises(ConfigError, match="mask"):
        enqueue_evaluation(workspace, run.id, masks)


def test_a_run_under_a_mask_that_follows_landmarks_is_not_queued_without_them(workspace, version):
    config = preset(ModelName.FAST, epochs=1, image_size=32)
    with pytest.raises(MissingLandmarksError, match="feelingit landmarks"):
        enqueue_run(workspace, version.id, config, test_masks=[Mask.SURGICAL])
    assert runs(workspace) == []


def test_a_student_learns_from_a_run_of_the_same_version(workspace, train):
    teacher = train(mask="none")
    student = train(teacher_run=teacher.id, image_size=40)
    assert student.status is JobStatus.DONE


def test_a_run_queued_again_as_it_was_gives_the_same_figures(workspace, train):
    run = train(test_masks=[Mask.EYES], augment=True, dropout=0.0)
    again = enqueue_like(workspace, run.id)
    assert (again.config, again.version_id) == (run.config, run.version_id)
    assert work_off(workspace, again.job_id).error is None
    for mask in (Mask.MOUTH, Mask.EYES):
        ours, theirs = (predictions(workspace, one, test_mask=mask) for one in (again.id, run.id))
        np.testing.assert_allclose(ours["p_happy"], theirs["p_happy"], atol=1e-6)
