import subprocess
import sys

import pytest

from core.errors import UnknownDatasetError
from core.services import curation, issues, jobs, undoing
from core.services.datasets import find_dataset
from db.enums import Emotion, Fault, JobKind, JobStatus, Split
from db.repositories import samples
from db.rows import NewIssue, NewTruth

WRONG = {1, 4}  # ids of the images whose label is not true


@pytest.fixture
def dataset_id(workspace, add_faces):
    """Five faces labeled happy."""
    return add_faces([(Split.TRAIN, Emotion.HAPPY, shade) for shade in range(5)])


@pytest.fixture
def scored(workspace, dataset_id):
    """The five faces with scores: 1 is the worst, then 2, 3, 4, 5."""
    job = issues.enqueue_issues(workspace, "faces")
    record(workspace, dataset_id, job.id)
    return dataset_id


def record(workspace, dataset_id, job_id, ids=range(1, 6)):
    found = [
        NewIssue(image_id=n, label=Emotion.HAPPY, suggested=Emotion.SAD, score=n / 10) for n in ids
    ]
    issues.record_issues(workspace, dataset_id, found, job_id=job_id)


def save_truth(workspace, dataset_id):
    truths = [
        NewTruth(
            source_path=f"train/happy/{n - 1}.png",
            true_label=Emotion.SAD if n in WRONG else Emotion.HAPPY,
            fault=Fault.NONE,
            copy_of=None,
        )
        for n in range(1, 6)
    ]
    with workspace.writing() as session:
        samples.save_truths(session, dataset_id, truths)


def test_a_search_is_queued_with_the_frozen_images_it_is_about(workspace, dataset_id):
    job = issues.enqueue_issues(workspace, "faces", folds=3, seed=7, epochs=2)
    assert job.kind is JobKind.ISSUES
    assert job.payload == {
        "dataset": dataset_id, "name": "faces", "version": 1, "folds": 3, "seed": 7, "epochs": 2,
    }  # fmt: skip
    assert issues.searches(workspace, dataset_id) == [job]


def test_the_same_search_is_queued_once_until_it_ends(workspace, dataset_id):
    first = issues.enqueue_issues(workspace, "faces")
    assert issues.enqueue_issues(workspace, "faces").id == first.id
    assert issues.enqueue_issues(workspace, "faces", seed=1).id != first.id
    jobs.request_cancel(workspace, first.id)
    assert issues.enqueue_issues(workspace, "faces").id != first.id


def test_a_paused_search_goes_on_when_it_is_asked_for_again(workspace, dataset_id):
    first = issues.enqueue_issues(workspace, "faces")
    jobs.request_pause(workspace, first.id)
    assert [job.status for job in issues.searches(workspace, dataset_id)] == [JobStatus.PAUSED]
    again = issues.enqueue_issues(workspace, "faces")
    assert (again.id, again.status) == (first.id, JobStatus.QUEUED)


def test_scores_are_known_again_until_a_label_changes(workspace, scored):
    assert issues.same_search(workspace, "faces") is not None
    assert issues.same_search(workspace, "faces", seed=1) is None
    curation.label(workspace, 2, Emotion.FEAR, annotator="ada")
    assert issues.same_search(workspace, "faces") is None


def test_an_unknown_data_set_is_refused(workspace):
    with pytest.raises(UnknownDatasetError):
        issues.enqueue_issues(workspace, "faces")


def test_the_worst_label_comes_first(workspace, scored):
    rows = issues.ranked(workspace, scored)
    assert [(row.image_id, row.score) for row in rows] == [(n, n / 10) for n in range(1, 6)]
    assert [row.image_id for row in issues.ranked(workspace, scored, 2, start=1)] == [2, 3]


def test_a_new_search_replaces_the_scores_and_raises_the_revision(workspace, scored):
    before = find_dataset(workspace, "faces").revision
    job = issues.enqueue_issues(workspace, "faces", seed=1)
    record(workspace, scored, job.id, ids=[3])
    assert [row.image_id for row in issues.ranked(workspace, scored)] == [3]
    assert issues.scored_by(workspace, scored).id == job.id
    assert find_dataset(workspace, "faces").revision == before + 1


def test_reviewed_labels_are_those_judged_since_the_search(workspace, dataset_id):
    curation.label(workspace, 5, Emotion.HAPPY, annotator="ada")
    record(workspace, dataset_id, issues.enqueue_issues(workspace, "faces").id)
    curation.label(workspace, 1, Emotion.SAD, annotator="ada")
    curation.label(workspace, 2, Emotion.HAPPY, annotator="ada")
    curation.drop(workspace, 3, annotator="ada", reason="not a face")
    undone = curation.label(workspace, 4, Emotion.FEAR, annotator="ada")
    undoing.undo(workspace, undone.batch, annotator="ada")
    found = issues.reviewed(workspace, dataset_id, worst=5)
    assert (found.looked_at, found.reviewed, found.changed) == (5, 3, 2)


def test_precision_counts_false_labels_among_the_worst(workspace, scored):
    assert issues.precision_on_truth(workspace, scored, ks=(1, 2)) == []
    save_truth(workspace, scored)
    found = issues.precision_on_truth(workspace, scored, ks=(1, 2, 4, 6))
    assert [(one.k, one.n_false, one.share) for one in found] == [
        (1, 1, 1.0), (2, 1, 0.5), (4, 2, 0.5),
    ]  # fmt: skip


def test_services_do_not_load_cleanlab():
    code = "import sys, core.services.issues, core.jobs.launch; print('cleanlab' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
