import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EmptySetError, ExportError, UnknownVersionError
from core.images.encoding import encode
from core.images.face_files import read_faces
from core.services import curation, exports, versions
from core.services.datasets import find_dataset
from core.services.exports import ExportFormat
from core.services.importing import import_path, import_records
from core.services.writers import COLUMNS, places, safe_name
from core.sources.names import is_clutter
from core.sources.records import SourceRecord
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, ImageState, Split
from db.models import ImageTag
from db.repositories import labels
from db.repositories.standings import Standing

TRAIN, TEST = Split.TRAIN, Split.TEST
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD
TREES = [ExportFormat.FOLDER, ExportFormat.ZIP]
TABLES = [ExportFormat.CSV, ExportFormat.PARQUET]


def face(path: str, split: Split, label: Emotion, shade: int) -> SourceRecord:
    return SourceRecord(path, path, split, label, encode(np.full((48, 48), shade, dtype=np.uint8)))


@pytest.fixture
def cleaned(workspace: Workspace) -> Workspace:
    """Six faces: one relabeled onto a name that is taken, one dropped, one moved, a copy."""
    records = [
        face("train/happy/1.png", TRAIN, HAPPY, 10),
        face("train/sad/1.png", TRAIN, SAD, 20),
        face("train/sad/2.png", TRAIN, SAD, 30),
        face("validation/sad/3.png", Split.VALIDATION, SAD, 40),
        face("test/sad/4.png", TEST, SAD, 50),
        face("fer2013.csv/7", TRAIN, HAPPY, 10),
    ]
    import_records(workspace, records, name="faces")
    curation.label(workspace, 2, HAPPY, annotator="ada")
    curation.label(workspace, 1, HAPPY, annotator="bo")
    curation.drop(workspace, 3, annotator="ada", reason="blank")
    with workspace.writing() as session:
        labels.set_splits(session, [4], TEST)
        session.add_all([ImageTag(image_id=5, tag=tag) for tag in ("profile", "glasses")])
    return workspace


def write(workspace: Workspace, out: Path, form: ExportFormat, version: str | None = None):
    dataset = find_dataset(workspace, "faces")
    return exports.export(workspace, dataset, out, form, version=version)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", TREES)
def test_importing_an_export_elsewhere_and_freezing_gives_the_same_id(
    cleaned: Workspace, tmp_path: Path, form: ExportFormat
):
    digest = versions.freeze(cleaned, "faces").digest
    write(cleaned, tmp_path / "out.zip", form)
    report = import_path(cleaned, tmp_path / "out.zip", name="again")
    assert (report.added, report.refused) == (5, ())
    assert versions.freeze(cleaned, "again").digest == digest


def test_an_old_version_is_exported_as_it_was(cleaned: Workspace, tmp_path: Path):
    digest = versions.freeze(cleaned, "faces").digest
    curation.label(cleaned, 5, HAPPY, annotator="ada")
    curation.drop(cleaned, 1, annotator="ada", reason="blank")
    report = write(cleaned, tmp_path / "old", ExportFormat.FOLDER, digest)
    assert (report.version, report.images, report.kept) == (digest, 5, 5)
    import_path(cleaned, tmp_path / "old", name="again")
    assert versions.freeze(cleaned, "again").digest == digest


def test_folders_are_kaggles_and_hold_the_files_as_imported(cleaned: Workspace, tmp_path: Path):
    write(cleaned, tmp_path / "out", ExportFormat.FOLDER)
    files = sorted(p.relative_to(tmp_path / "out").as_posix() for p in tmp_path.rglob("*.png"))
    assert files == [
        "images/test/sad/3.png",
        "images/test/sad/4.png",
        "images/train/happy/1-2.png",
        "images/train/happy/1.png",
        "images/train/happy/7.png",
    ]
    moved = tmp_path / "out" / "images" / "test" / "sad" / "3.png"
    assert moved.read_bytes() == encode(np.full((48, 48), 40, dtype=np.uint8))


def test_the_manifest_lists_every_image_with_its_file(cleaned: Workspace, tmp_path: Path):
    write(cleaned, tmp_path / "out", ExportFormat.FOLDER)
    rows = table(tmp_path / "out" / "manifest.csv")
    assert len(rows) == 6
    assert rows[1]["file"] == "images/train/happy/1-2.png"
    assert (rows[2]["state"], rows[2]["file"]) == ("dropped", "")
    assert all((tmp_path / "out" / row["file"]).is_file() for row in rows if row["file"])


def test_the_table_holds_labels_splits_tags_votes_and_version(cleaned: Workspace, tmp_path: Path):
    digest = versions.freeze(cleaned, "faces").digest
    write(cleaned, tmp_path / "out.csv", ExportFormat.CSV)
    rows = table(tmp_path / "out.csv")
    assert tuple(rows[0]) == COLUMNS
    assert {row["version"] for row in rows} == {digest}
    assert (rows[1]["image"], rows[1]["original_label"], rows[1]["label"]) == (
        "train/sad/1.png", "sad", "happy",
    )  # fmt: skip
    assert [rows[1][f"votes_{emotion}"] for emotion in EMOTIONS] == list("0001000")
    assert (rows[3]["original_split"], rows[3]["split"]) == ("validation", "test")
    assert rows[4]["tags"] == "glasses,profile"


def test_parquet_holds_the_same_table_with_votes_as_numbers(cleaned: Workspace, tmp_path: Path):
    for form in TABLES:
        write(cleaned, tmp_path / f"out.{form}", form)
    stored = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert stored[0]["votes_happy"] == 1
    as_text = [{name: str(value) for name, value in row.items()} for row in stored]
    assert as_text == table(tmp_path / "out.csv")


@pytest.mark.parametrize("form", list(ExportFormat))
def test_nothing_is_ever_overwritten(cleaned: Workspace, tmp_path: Path, form: ExportFormat):
    out = tmp_path / "out"
    out.write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        write(cleaned, out, form)
    assert out.read_text() == "mine"


@pytest.mark.parametrize("form", list(ExportFormat))
def test_a_failed_export_leaves_nothing_behind(
    cleaned: Workspace, tmp_path: Path, form: ExportFormat, monkeypatch: pytest.MonkeyPatch
):
    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(ExportError, match="No space left"):
        write(cleaned, tmp_path / "to" / "out", form)
    assert list((tmp_path / "to").iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_sentence(cleaned: Workspace, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        write(cleaned, tmp_path / "file" / "out.csv", ExportFormat.CSV)


def test_an_unknown_version_and_an_empty_set_are_refused(
    cleaned: Workspace, tmp_path: Path, add_faces: Callable[..., int]
):
    with pytest.raises(UnknownVersionError):
        write(cleaned, tmp_path / "out.csv", ExportFormat.CSV, "nope")
    add_faces([], name="none")
    with pytest.raises(EmptySetError):
        exports.export(
            cleaned, find_dataset(cleaned, "none"), tmp_path / "out.csv", ExportFormat.CSV
        )


def standings(paths: list[str]) -> Iterator[Standing]:
    for number, path in enumerate(paths):
        yield Standing(number, path, "", TRAIN, SAD, TRAIN, SAD, ImageState.KEPT, "")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("train/happy/1.jpg", "1.jpg"),
        ("train/happy/..", "_.png"),
        ("train/happy/.hidden.png", "hidden.png"),
        ("train/happy/..\\..\\x.png", "_.._x.png"),
        ("train/happy/CON.png", "_CON.png"),
        ("train/happy/a:b\n.png", "a_b_.png"),
        ("fer2013.csv/17", "17.png"),
        ("train/happy/é.PNG", "é.PNG"),
    ],
)
def test_names_that_could_do_harm_are_replaced(path: str, name: str):
    assert "".join(safe_name(path)) == name


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8))
def test_every_face_has_a_place_of_its_own_inside_its_folder(names: list[str]):
    found = list(places(list(standings([f"train/sad/{name}" for name in names]))))
    assert len({place.casefold() for place in found}) == len(names)
    for place in found:
        parts = Path(place).parts
        assert parts[:2] == ("train", "sad")
        assert len(parts) == 3
        assert not is_clutter(parts)
        assert ".." not in parts
        place.encode()


def test_names_that_differ_only_in_case_do_not_meet():
    found = list(places(list(standings(["train/sad/a.png", "train/sad/A.png"]))))
    assert found == ["train/sad/a.png", "train/sad/A-1.png"]


def test_arrays_hold_the_faces_of_the_version_that_training_reads(
    cleaned: Workspace, tmp_path: Path
):
    report = write(cleaned, tmp_path / "faces.npz", ExportFormat.NPZ)
    faces, version = read_faces(tmp_path / "faces.npz")
    frozen = versions.freeze(cleaned, "faces")
    wanted = versions.face_set(cleaned, frozen.id)
    assert (version, report.version, report.images) == (frozen.digest, frozen.digest, 5)
    np.testing.assert_array_equal(faces.pixels, wanted.pixels)
    np.testing.assert_array_equal(faces.labels, wanted.labels)
    np.testing.assert_array_equal(faces.splits, wanted.splits)
