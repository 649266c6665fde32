from collections.abc import Callable
from pathlib import Path

from core.workspace import Workspace
from db.enums import Emotion, Split
from db.repositories import labels

Feelingit = Callable
AddFaces = Callable[..., int]
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD
FACES = [(Split.TRAIN, HAPPY, 10), (Split.TRAIN, SAD, 20), (Split.TEST, HAPPY, 30)]


def test_diff_counts_and_lists_what_changed(feelingit: Feelingit, add_faces: AddFaces):
    add_faces(FACES)
    version = feelingit("freeze", "faces", "--json").document["version"]
    feelingit("label", 1, "sad")
    found = feelingit("diff", version, "now", "--json").document
    assert (found["relabeled"], found["moved"], found["only_a"], found["only_b"]) == (1, 0, 0, 0)
    assert found["flow"][found["emotions"].index("happy")][found["emotions"].index("sad")] == 1
    (change,) = found["changes"]["relabeled"]
    assert (change["image"], change["a"]["label"], change["b"]["label"]) == (
        "train/happy/0.png", "happy", "sad",
    )  # fmt: skip
    listed = feelingit("diff", version, "--json", "--start", 1).document["changes"]["relabeled"]
    assert listed == []


def test_a_version_is_restored_and_the_restoring_undone(feelingit: Feelingit, add_faces: AddFaces):
    add_faces(FACES)
    version = feelingit("freeze", "faces", "--json").document["version"]
    feelingit("label", 1, "sad")
    planned = feelingit("restore-version", version, "--dry-run", "--json").document
    assert (planned["relabeled"], planned["images"], planned["batch"]) == (1, 1, None)
    done = feelingit("restore-version", version, "--dataset", "faces", "--json").document
    assert feelingit("freeze", "faces", "--json").document["version"] == version
    assert feelingit("undo", done["batch"], "--json").document["changed"] == 1
    assert feelingit("diff", version, "--json").document["relabeled"] == 1


def test_an_export_is_imported_as_the_same_version(
    feelingit: Feelingit, tmp_path: Path, small_real_set: Path
):
    feelingit("import", small_real_set, "--name", "faces")
    feelingit("label", 1, "sad")
    version = feelingit("freeze", "faces", "--json").document["version"]
    done = feelingit("export", "faces", "--to", "folder", tmp_path / "out", "--json").document
    assert (done["version"], done["images"]) == (version, done["kept"])
    feelingit("import", tmp_path / "out", "--name", "again")
    assert feelingit("freeze", "again", "--json").document["version"] == version
    assert feelingit("diff", version, version, "--dataset", "again", "--json").document[
        "relabeled"
    ] == 0  # fmt: skip


def test_an_export_refuses_to_overwrite(feelingit: Feelingit, add_faces: AddFaces, tmp_path: Path):
    add_faces(FACES)
    for status in (0, 1):
        assert feelingit("export", "faces", "--to", "csv", tmp_path / "a.csv").status == status


def test_relabel_takes_a_csv_file(feelingit: Feelingit, add_faces: AddFaces, tmp_path: Path):
    add_faces(FACES)
    path = tmp_path / "labels.csv"
    path.write_text("image,label\ntrain/happy/0.png,sad\nx.png,sad\n")
    command = ("relabel", "faces", "--csv", path, "--annotator", "ada", "--json")
    strict = feelingit(*command, "--strict")
    assert (strict.status, strict.document["changed"]) == (1, 0)
    done = feelingit(*command)
    assert (done.status, done.document["changed"], done.document["confirmed"]) == (0, 1, 0)
    assert [one["where"] for one in done.document["refused"]] == ["labels.csv line 3"]
    assert feelingit("undo", done.document["batch"], "--json").document["changed"] == 1


def test_every_table_can_be_printed(feelingit: Feelingit, add_faces: AddFaces, tmp_path: Path):
    add_faces(FACES)
    version = feelingit("freeze", "faces", "--json").document["version"]
    (tmp_path / "labels.csv").write_text("image,label\n1,sad\nx,sad\n")
    for command in (
        ["relabel", "faces", "--csv", tmp_path / "labels.csv"],
        ["diff", version],
        ["restore-version", version, "--dry-run"],
        ["restore-version", version],
        ["export", "faces", "--version", version, tmp_path / "out.csv"],
    ):
        done = feelingit(*command)
        assert done.status == 0, done.err
        assert done.out.strip()


def test_doctor_finds_a_label_that_no_event_explains(
    feelingit: Feelingit, workspace: Workspace, add_faces: AddFaces
):
    add_faces(FACES)
    feelingit("label", 1, "sad")
    is_told = "are not what their events say"
    assert is_told not in " ".join(feelingit("doctor", "--json").document["problems"])
    with workspace.writing() as session:
        labels.set_labels(session, [2], Emotion.FEAR)
    (told,) = [p for p in feelingit("doctor", "--json").document["problems"] if is_told in p]
    assert told.startswith("1 images of 'faces', the first 2,")
