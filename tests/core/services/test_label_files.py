from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import AnnotatorNameError, LabelFileError
from core.services import curation, label_files
from core.services.datasets import find_dataset
from core.services.undoing import undo
from core.workspace import Workspace
from db.enums import Emotion, EventKind, LabelPolicy, Split
from db.repositories import votes

AddFaces = Callable[..., int]
TRAIN = Split.TRAIN
HAPPY, SAD, FEAR = Emotion.HAPPY, Emotion.SAD, Emotion.FEAR


@pytest.fixture
def faces(workspace: Workspace, add_faces: AddFaces) -> Workspace:
    """Three happy training faces, train/happy/0.png to 2.png."""
    add_faces([(TRAIN, HAPPY, 1), (TRAIN, HAPPY, 2), (TRAIN, HAPPY, 3)])
    return workspace


def take(workspace: Workspace, folder: Path, text: str, **options: bool):
    path = folder / "labels.csv"
    path.write_bytes(text.encode())
    dataset = find_dataset(workspace, "faces")
    return label_files.relabel(workspace, dataset, path, annotator="ada", **options)


def current(workspace: Workspace) -> list[Emotion]:
    return [curation.find_image(workspace, image_id).label for image_id in (1, 2, 3)]


def test_labels_are_changed_or_confirmed_as_one_batch(faces: Workspace, tmp_path: Path):
    text = "image,label,reason\ntrain/happy/0.png,sad,tears\ntrain/happy/1.png,HAPPY,\n"
    report = take(faces, tmp_path, text)
    assert (report.changed, report.confirmed, report.refused) == (1, 1, ())
    assert current(faces) == [SAD, HAPPY, HAPPY]
    confirmed, changed = curation.history(faces, 1)
    assert (changed.kind, changed.reason, changed.annotator) == (EventKind.LABEL, "tears", "ada")
    assert (confirmed.kind, confirmed.reason) == (EventKind.CONFIRM, None)
    assert changed.batch == confirmed.batch == report.batch


def test_one_undo_takes_the_whole_file_back(faces: Workspace, tmp_path: Path):
    report = take(faces, tmp_path, "image,label\n1,sad\n2,fear\n")
    assert report.batch is not None
    assert undo(faces, report.batch, annotator="ada") == 2
    assert current(faces) == [HAPPY] * 3


@pytest.mark.parametrize(
    "name", ["train/happy/0.png", "images/train/happy/0.png", "C:\\a\\train\\happy\\0.png", "1"]
)
def test_an_image_is_found_by_its_path_with_folders_before_it_or_by_its_id(
    faces: Workspace, tmp_path: Path, name: str
):
    assert take(faces, tmp_path, f"image,label\n{name},sad\n").changed == 1
    assert current(faces)[0] is SAD


def test_bad_lines_are_listed_and_the_others_are_taken(faces: Workspace, tmp_path: Path):
    lines = [
        "image,label,reason", "nowhere.png,sad,", "train/happy/0.png,bored,", "", "1,sad,ok",
        "1,fear,", "1,sad,", "2", f"2,sad,{'x' * 201}", "3,fear,",
    ]  # fmt: skip
    report = take(faces, tmp_path, "\n".join(lines))
    assert [one.where for one in report.refused] == [
        f"labels.csv line {number}" for number in (2, 3, 6, 8, 9)
    ]
    assert "There is no image 'nowhere.png'" in report.refused[0].why
    assert "Unknown label 'bored'" in report.refused[1].why
    assert report.refused[2].why == "Line 5 gives this image another label, sad."
    assert current(faces) == [SAD, HAPPY, FEAR]


def test_strict_writes_nothing_where_any_line_is_bad(faces: Workspace, tmp_path: Path):
    report = take(faces, tmp_path, "image,label\n1,sad\n9,sad\n", is_strict=True)
    assert (report.changed, report.batch, len(report.refused)) == (0, None, 1)
    assert curation.history(faces, 1) == []


def test_strict_takes_a_file_without_fault(faces: Workspace, tmp_path: Path):
    assert take(faces, tmp_path, "image,label\n1,sad\n", is_strict=True).changed == 1


def test_a_dry_run_counts_and_writes_nothing(faces: Workspace, tmp_path: Path):
    report = take(faces, tmp_path, "image,label\n1,sad\n2,happy\n", is_dry=True)
    assert (report.changed, report.confirmed, report.batch) == (1, 1, None)
    assert curation.history(faces, 1) == []


@pytest.mark.parametrize(
    "text",
    ["\ufeffimage,label\r\n1,sad\r\n", "Image; Label\n1;sad\n", '"label","image"\n"sad","1"\n'],
)
def test_files_of_spreadsheets_are_read(faces: Workspace, tmp_path: Path, text: str):
    assert take(faces, tmp_path, text).changed == 1


@pytest.mark.parametrize("text", ["", "image\n1\n", "picture,label\n1,sad\n"])
def test_a_file_without_the_columns_is_refused(faces: Workspace, tmp_path: Path, text: str):
    with pytest.raises(LabelFileError, match="lacks the column"):
        take(faces, tmp_path, text)


def test_a_file_that_cannot_be_read_is_refused(faces: Workspace, tmp_path: Path):
    dataset = find_dataset(faces, "faces")
    (tmp_path / "binary.csv").write_bytes(b"image,label\n\xff\xfe\x00")
    for name in ("missing.csv", "binary.csv"):
        with pytest.raises(LabelFileError, match="cannot be read"):
            label_files.relabel(faces, dataset, tmp_path / name, annotator="ada")


@pytest.mark.parametrize(
    ("policy", "label", "changed"),
    [(LabelPolicy.MAJORITY, SAD, 1), (LabelPolicy.ADJUDICATED, HAPPY, 0)],
)
def test_where_votes_decide_the_lines_are_votes(
    faces: Workspace, tmp_path: Path, policy: LabelPolicy, label: Emotion, changed: int
):
    with faces.writing() as session:
        votes.set_policy(session, 1, policy)
    report = take(faces, tmp_path, "image,label\n1,sad\n")
    assert (report.changed, report.confirmed) == (changed, 1 - changed)
    assert current(faces)[0] is label
    kinds = {event.kind for event in curation.history(faces, 1) if event.annotator == "ada"}
    assert kinds == {EventKind.VOTE}


def test_nobody_judges_in_the_name_of_a_policy(faces: Workspace, tmp_path: Path):
    dataset = find_dataset(faces, "faces")
    with pytest.raises(AnnotatorNameError):
        label_files.relabel(faces, dataset, tmp_path / "x.csv", annotator="majority")
