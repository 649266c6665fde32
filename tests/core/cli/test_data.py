from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from db.enums import EMOTIONS

Feelingit = Callable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Fourteen faces of seven shades in Kaggle's folders, an empty file and an unknown class."""
    root = tmp_path / "lab" / "images"
    for split in ("train", "validation"):
        for number, emotion in enumerate(EMOTIONS):
            path = root / split / emotion / f"{split}{number}.png"
            path.parent.mkdir(parents=True)
            shade = np.full((48, 48), number * 30, dtype=np.uint8)
            shade[number : number + 20, 5:40] += 20
            cv2.imwrite(str(path), shade)
    (root / "train" / "happy" / "empty.png").touch()
    (root / "train" / "bored").mkdir()
    (root / "train" / "bored" / "1.png").write_bytes(b"x")
    return root.parent


def test_import_reports_what_was_added_and_what_was_refused(feelingit: Feelingit, folder: Path):
    document = feelingit("import", folder, "--name", "lab", "--json").document
    assert (document["dataset"], document["added"], document["already"]) == ("lab", 14, 0)
    assert {Path(one["where"]).name for one in document["refused"]} == {"empty.png", "1.png"}
    assert document["seconds"] >= 0


def test_importing_twice_adds_nothing(feelingit: Feelingit, folder: Path):
    feelingit("import", folder, "--name", "lab")
    document = feelingit("import", folder, "--name", "lab", "--json").document
    assert (document["added"], document["already"]) == (0, 14)


def test_classes_can_be_mapped(feelingit: Feelingit, folder: Path):
    (folder / "images" / "train" / "angry").rename(folder / "images" / "train" / "rage")
    document = feelingit(
        "import", folder, "--name", "lab", "--map", "rage=angry", "--json"
    ).document
    assert document["added"] == 14


def test_a_mapping_without_an_equals_sign_is_wrong_usage(feelingit: Feelingit, folder: Path):
    assert feelingit("import", folder, "--name", "lab", "--map", "rage").status == 2


def test_a_path_that_is_no_data_set_is_one_sentence(feelingit: Feelingit, tmp_path: Path):
    done = feelingit("import", tmp_path / "missing", "--name", "lab")
    assert done.status == 1
    assert "missing" in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_datasets_counts_images_per_split_and_emotion(feelingit: Feelingit, folder: Path):
    feelingit("import", folder, "--name", "lab")
    assert feelingit("datasets", "--json").document == {
        "datasets": [
            {
                "name": "lab",
                "images": 14,
                "kept": 14,
                "splits": {
                    "train": dict.fromkeys(EMOTIONS, 1),
                    "validation": dict.fromkeys(EMOTIONS, 1),
                },
            }
        ]
    }


def test_an_empty_workspace_says_what_to_do(feelingit: Feelingit):
    assert "feelingit import" in feelingit("datasets").out


def test_the_leaking_copies_are_found_dropped_and_brought_back(feelingit: Feelingit, folder: Path):
    feelingit("import", folder, "--name", "lab")
    before = feelingit("duplicates", "lab", "--json").document
    assert before["exact"]["groups"] == before["exact"]["surplus"] == 7
    assert before["leakage"]["validation"] == {"images": 7, "share": 1.0}
    dropped = feelingit("dedupe", "lab", "--json").document
    assert (dropped["dropped"], dropped["remaining"]) == (7, 7)
    summary = feelingit("summary", "lab", "--json").document
    assert summary["splits"]["validation"]["sad"] == {"original": 1, "current": 0}
    undone = feelingit("undo", dropped["batch"], "--json").document
    assert undone["changed"] == 7
    assert feelingit("duplicates", "lab", "--json").document == before


def test_history_lists_who_did_what(feelingit: Feelingit, folder: Path):
    feelingit("import", folder, "--name", "lab")
    feelingit("label", 1, "sad", "--annotator", "ada")
    (event,) = feelingit("history", "lab", "--json").document["events"]
    assert (event["annotator"], event["old"], event["new"]) == ("ada", "angry", "sad")


def test_freezing_names_the_version_and_counts_its_images(feelingit: Feelingit, folder: Path):
    feelingit("import", folder, "--name", "lab")
    frozen = feelingit("freeze", "lab", "--json").document
    assert frozen["images"] == 14
    (listed,) = feelingit("versions", "--json").document["versions"]
    assert (listed["version"], listed["dataset"]) == (frozen["version"], "lab")


def test_every_table_can_be_printed(feelingit: Feelingit, folder: Path):
    feelingit("import", folder, "--name", "lab")
    for command in (["datasets"], ["summary", "lab"], ["duplicates", "lab"], ["history", "lab"],
                    ["dedupe", "lab"], ["freeze", "lab"], ["versions"], ["runs"], ["jobs"],
                    ["doctor"]):  # fmt: skip
        done = feelingit(*command)
        assert done.status == 0, done.err
        assert done.out.strip()
