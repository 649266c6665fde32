"""`feelingit issues` on faces that were scored before; the search itself is tested as a job."""

import csv

import pytest

from core.jobs import transitions
from core.services import issues, results
from core.services.datasets import find_dataset
from core.services.outcomes import record_outcome
from db.enums import Emotion, JobStatus, Split
from db.rows import NewIssue


@pytest.fixture
def scored(workspace, add_faces):
    """Three faces labeled happy whose search is done."""
    add_faces([(Split.TRAIN, Emotion.HAPPY, shade) for shade in range(3)])
    issues.enqueue_issues(workspace, "faces")
    job = transitions.claim(workspace, "test")
    found = [
        NewIssue(image_id=n, label=Emotion.HAPPY, suggested=Emotion.SAD, score=n / 10)
        for n in (1, 2, 3)
    ]
    dataset_id = find_dataset(workspace, "faces").id
    issues.record_issues(workspace, dataset_id, found, job_id=job.id)
    transitions.finish(workspace, job, JobStatus.DONE)


def test_scores_that_are_there_are_shown_at_once(feelingit, scored):
    document = feelingit("issues", "faces", "--top", 2, "--json").document
    assert (document["status"], document["images"], document["score"]) == (
        "done", 3, "normalized_margin",
    )  # fmt: skip
    assert document["issues"] == [
        {"image": "train/happy/0.png", "label": "happy", "suggested": "sad", "score": 0.1},
        {"image": "train/happy/1.png", "label": "happy", "suggested": "sad", "score": 0.2},
    ]


def test_the_csv_holds_every_image(feelingit, scored, tmp_path):
    done = feelingit("issues", "faces", "--csv", tmp_path / "issues.csv")
    assert done.status == 0
    assert "train/happy/0.png" in done.out
    with (tmp_path / "issues.csv").open(newline="") as file:
        assert [row["score"] for row in csv.DictReader(file)] == [
            "0.100000",
            "0.200000",
            "0.300000",
        ]


def test_without_a_place_the_csv_is_among_the_exports_of_the_workspace(
    feelingit, workspace, scored
):
    done = feelingit("issues", "faces", "--json")
    path = workspace.data_dir / "exports" / "faces-label-issues.csv"
    assert done.document["csv"] == str(path)
    assert f"3 images are in {path}" in " ".join(done.err.split())
    assert len(path.read_text().splitlines()) == 4


def test_a_run_that_never_saw_other_faces_is_one_sentence(feelingit, workspace, fill):
    fill(workspace)
    table = results.predictions(workspace, 1)
    record_outcome(workspace, 1, table[~table["leak_free"]], seconds=1.0)
    done = feelingit("issues", "faces", "--run", 1)
    assert done.status == 1
    assert "2 of 2 faces were judged by a network that was trained on them" in done.err


def test_a_new_search_is_queued_for_the_supervisor(feelingit, workspace, add_faces, monkeypatch):
    monkeypatch.setattr("core.cli.issues.ensure_supervisor", lambda _: True)
    add_faces([(Split.TRAIN, Emotion.HAPPY, 0)])
    done = feelingit("issues", "faces", "--folds", 3, "--no-wait")
    assert done.status == 0
    assert "The search is job 1, queued" in done.out
    (job,) = issues.searches(workspace, find_dataset(workspace, "faces").id)
    assert job.payload["folds"] == 3


def test_an_unknown_data_set_is_one_sentence(feelingit):
    done = feelingit("issues", "nobody")
    assert done.status == 1
    assert "There is no data set named 'nobody'" in done.err
