from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

Feelingit = Callable
HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two happy faces named as FER+ names them."""
    train = tmp_path / "fer" / "train" / "happy"
    train.mkdir(parents=True)
    for number in range(2):
        shade = np.full((48, 48), 9 * number, dtype=np.uint8)
        cv2.imwrite(str(train / f"fer000000{number}.png"), shade)
    return tmp_path / "fer"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "fer2013new.csv"
    rows = (
        "Training,fer0000000.png,8,2,0,0,0,0,0,0,0,0",
        "Training,fer0000001.png,0,9,0,0,0,0,0,0,1",
    )
    path.write_text("\n".join([HEADER, *rows]))
    return path


def test_votes_come_with_the_images(feelingit: Feelingit, folder: Path, csv: Path):
    document = feelingit("import", folder, "--name", "fer", "--votes", csv, "--json").document
    assert document["added"] == 2
    votes = document["votes"]
    assert (votes["matched"], votes["votes"]) == (1, 10)
    assert votes["refused"] == [
        {"where": "fer2013new.csv line 3", "why": "The row has 11 columns, too few."}
    ]


def test_votes_come_later_and_go_with_one_undo(feelingit: Feelingit, folder: Path, csv: Path):
    feelingit("import", folder, "--name", "fer")
    document = feelingit("votes", "fer", "--csv", csv, "--json").document
    assert document["votes"] == 10
    again = feelingit("votes", "fer", "--csv", csv)
    assert "0 votes added on 0 faces, 1 had theirs already" in again.out
    assert feelingit("undo", document["batch"], "--json").document["changed"] == 1


def test_a_policy_is_told_set_and_applied(feelingit: Feelingit, folder: Path, csv: Path):
    feelingit("import", folder, "--name", "fer", "--votes", csv)
    assert feelingit("policy", "fer", "--json").document["policy"] == "latest"
    done = feelingit("policy", "fer", "--set", "majority", "--json").document
    assert (done["policy"], done["changed"]) == ("majority", 1)
    assert feelingit("label", 1, "sad", "--json").document["kind"] == "vote"


def test_agreement_has_figures_for_all_emotions_pairs_and_groups(
    feelingit: Feelingit, folder: Path, csv: Path
):
    feelingit("import", folder, "--name", "fer", "--votes", csv)
    for image, emotion in ((1, "happy"), (2, "sad")):
        for annotator in ("ada", "bo"):
            feelingit("label", image, emotion, "--annotator", annotator)
    document = feelingit("agreement", "fer", "--json").document
    assert document["pairs"] == [
        {"first": "ada", "second": "bo", "kappa": pytest.approx(1.0), "n": 2}
    ]
    assert document["images"] == 2
    assert len(document["emotions"]) == 7
    assert "ada" in feelingit("agreement", "fer").out
