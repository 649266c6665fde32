import csv

import pytest

from core.errors import NotReadyError
from core.services import issue_files, issues
from core.services.datasets import find_dataset
from db.enums import Emotion, Split
from db.rows import NewIssue


@pytest.fixture
def dataset_id(workspace, add_faces):
    """Three faces labeled happy, with no score yet."""
    return add_faces([(Split.TRAIN, Emotion.HAPPY, shade) for shade in range(3)])


@pytest.fixture
def scored(workspace, dataset_id):
    """The three faces with scores 0.3, 0.2 and 0.1."""
    job = issues.enqueue_issues(workspace, "faces")
    found = [
        NewIssue(image_id=n, label=Emotion.HAPPY, suggested=Emotion.SAD, score=0.4 - n / 10)
        for n in (1, 2, 3)
    ]
    issues.record_issues(workspace, dataset_id, found, job_id=job.id)
    return dataset_id


def test_the_csv_lists_all_images_as_imported_worst_first(workspace, scored, tmp_path):
    path = tmp_path / "new" / "issues.csv"
    assert issue_files.write_csv(workspace, scored, path) == 3
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "image": "train/happy/2.png", "label": "happy", "suggested": "sad", "score": "0.100000",
    }  # fmt: skip
    assert [row["score"] for row in rows] == ["0.100000", "0.200000", "0.300000"]
    assert [found.name for found in path.parent.iterdir()] == ["issues.csv"]


def test_without_a_search_there_is_no_csv(workspace, dataset_id, tmp_path):
    with pytest.raises(NotReadyError, match="feelingit issues NAME"):
        issue_files.write_csv(workspace, dataset_id, tmp_path / "issues.csv")
    assert list(tmp_path.glob("*.csv*")) == []


def test_a_data_set_has_its_own_file_in_the_workspace(workspace, dataset_id):
    path = issue_files.default_path(workspace, find_dataset(workspace, "faces"))
    assert path == workspace.data_dir / "exports" / "faces-label-issues.csv"
