"""What a finished run makes of labels: 28 of the 56 faces were tested, 2 of these have a copy."""

import numpy as np
import pytest

from core.errors import InSampleError, NotReadyError, OtherDatasetError, UnknownRunError
from core.quality.out_of_fold import is_in_sample
from core.services import curation, experiments, issues, results
from core.services.judging import judged_by_run
from core.services.outcomes import record_outcome
from core.services.versions import freeze
from db.enums import EMOTIONS, Emotion, JobStatus, Mask, Split


@pytest.fixture
def run(workspace, fill):
    """The finished run without a mask."""
    fill(workspace)
    done = [one for one in experiments.runs(workspace) if one.status is JobStatus.DONE]
    return next(one for one in done if one.mask is Mask.NONE)


def test_the_faces_a_run_was_tested_on_are_judged_and_those_with_a_copy_in_training_marked(
    workspace, run
):
    judged = judged_by_run(workspace, run.id, run.version_id)
    table = results.predictions(workspace, run.id)
    np.testing.assert_array_equal(judged.image_ids, table["image_id"])
    np.testing.assert_array_equal(~is_in_sample(judged), table["leak_free"])
    assert int(is_in_sample(judged).sum()) == 2
    np.testing.assert_allclose(judged.probabilities[:, 0], table["p_angry"])


def test_labels_are_judged_as_they_are_now_and_dropped_faces_not_at_all(workspace, run):
    first, second = results.predictions(workspace, run.id)["image_id"][:2].tolist()
    curation.label(workspace, first, Emotion.SURPRISE, annotator="ada")
    curation.drop(workspace, second, annotator="ada", reason="not a face")
    judged = judged_by_run(workspace, run.id, freeze(workspace, "faces").id)
    assert judged.image_ids[0] == first
    assert EMOTIONS[judged.labels[0]] is Emotion.SURPRISE
    assert second not in judged.image_ids


def test_a_search_by_a_run_is_queued_with_the_labels_of_now(workspace, run):
    job = issues.enqueue_issues(workspace, "faces", run=run.id)
    assert job.payload == {
        "dataset": 1, "name": "faces", "version": run.version_id, "run": run.id,
    }  # fmt: skip


def test_a_run_that_saw_all_faces_it_was_tested_on_is_refused(workspace, run):
    table = results.predictions(workspace, run.id)
    record_outcome(workspace, run.id, table[~table["leak_free"]], seconds=1.0)
    with pytest.raises(InSampleError, match=r"2 of 2 faces .*`feelingit issues NAME`"):
        issues.enqueue_issues(workspace, "faces", run=run.id)


def test_a_run_of_another_data_set_is_refused(workspace, run, add_faces):
    add_faces([(Split.TRAIN, Emotion.HAPPY, 0)], name="others")
    with pytest.raises(OtherDatasetError, match=r"Run 1 was trained on 'faces' .*'others'"):
        issues.enqueue_issues(workspace, "others", run=run.id)


def test_a_run_that_is_not_finished_is_refused(workspace, run):
    failed = next(one for one in experiments.runs(workspace) if one.status is JobStatus.FAILED)
    with pytest.raises(NotReadyError):
        issues.enqueue_issues(workspace, "faces", run=failed.id)


def test_an_unknown_run_is_refused(workspace, run):
    with pytest.raises(UnknownRunError):
        issues.enqueue_issues(workspace, "faces", run=99)
