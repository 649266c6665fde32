import signal
import subprocess
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from sqlalchemy import select, update

from core.errors import BusyDatasetError, DatasetNameError, SourceError
from core.images.encoding import encode
from core.images.hashing import file_sha256, low_frequencies, perceptual_hashes, pixel_sha256
from core.services import importing
from core.services.importing import ImportProgress, import_path, import_records
from core.settings import Settings
from core.sources.records import Refusal, SourceRecord
from core.workspace import open_workspace
from db.enums import Emotion, Split
from db.models import Dataset, Image, ImageBlob

KILLED_IMPORT = Path(__file__).with_name("killed_import.py")
N_FACES = 12


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 5)


@pytest.fixture
def folder(tmp_path):
    """Kaggle folders with twelve images, three a class and split, all different."""
    rng = np.random.default_rng(0)
    for number in range(N_FACES):
        split, label = ("train", "validation")[number % 2], ("happy", "sad")[number // 6]
        path = tmp_path / "kaggle" / "images" / split / label / f"{number:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(rng.integers(0, 256, (8, 6), dtype=np.uint8)))
    return tmp_path / "kaggle"


def stored(workspace):
    """Return all images with their bytes, and all data sets, without times and revisions."""
    rows = select(*Image.__table__.columns, ImageBlob.content).join(ImageBlob).order_by(Image.id)
    sets = select(Dataset.name, Dataset.is_complete).order_by(Dataset.id)
    with workspace.reading() as session:
        return [[tuple(row) for row in session.execute(query)] for query in (rows, sets)]


def revision(workspace):
    with workspace.reading() as session:
        return session.scalars(select(Dataset.revision)).one()


def test_every_image_is_stored_with_its_labels_and_hashes(workspace, tmp_path):
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    path = tmp_path / "faces" / "Training" / "Fear" / "1.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(encode(pixels))
    import_path(workspace, tmp_path / "faces", name="faces")
    with workspace.reading() as session:
        image = session.scalars(select(Image)).one()
        assert image.source_path == "Training/Fear/1.png"
        assert (image.split, image.label) == (Split.TRAIN, Emotion.FEAR)
        assert (image.width, image.height) == (4, 3)
        assert image.file_sha256 == file_sha256(encode(pixels))
        assert image.pixel_sha256 == pixel_sha256(pixels)
        assert image.phash == perceptual_hashes([low_frequencies(pixels)]).item()


def test_the_report_counts_what_was_added(workspace, folder):
    report = import_path(workspace, folder, name="faces")
    assert (report.dataset, report.added, report.already) == ("faces", N_FACES, 0)
    assert report.refused == ()
    assert report.seconds > 0


def test_the_data_set_is_complete_after_the_import(workspace, folder):
    import_path(workspace, folder, name="faces")
    assert stored(workspace)[1] == [("faces", True)]


def test_importing_again_from_any_wrapping_adds_nothing(workspace, folder, tmp_path):
    import_path(workspace, folder, name="faces")
    archive = tmp_path / "faces.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in folder.rglob("*.png"):
            packed.write(path, path.relative_to(folder.parent))
    before, seen = stored(workspace), revision(workspace)
    for path in (folder, folder / "images", archive):
        report = import_path(workspace, path, name="faces")
        assert (report.added, report.already) == (0, N_FACES)
    assert stored(workspace) == before
    assert revision(workspace) == seen


def test_an_existing_image_keeps_its_label(workspace, folder):
    import_path(workspace, folder, name="faces")
    with workspace.writing() as session:
        session.execute(update(Image).values(label=Emotion.DISGUST))
    import_path(workspace, folder, name="faces")
    with workspace.reading() as session:
        assert set(session.scalars(select(Image.label))) == {Emotion.DISGUST}


def test_other_bytes_as_the_same_path_are_refused_and_the_first_stay(workspace, folder):
    import_path(workspace, folder, name="faces")
    before = stored(workspace)
    (folder / "images/train/happy/00.png").write_bytes(encode(np.zeros((8, 6), dtype=np.uint8)))
    report = import_path(workspace, folder, name="faces")
    assert [refusal.where for refusal in report.refused] == ["images/train/happy/00.png"]
    assert report.already == N_FACES - 1
    assert stored(workspace) == before


def test_what_cannot_be_used_is_listed_and_the_rest_imported(workspace, folder):
    (folder / "images/train/happy/empty.png").write_bytes(b"")
    (folder / "images/train/happy/text.png").write_bytes(b"not an image")
    (folder / "images/train/contempt").mkdir()
    (folder / "images/train/contempt/1.png").write_bytes(b"any")
    report = import_path(workspace, folder, name="faces")
    assert report.added == N_FACES
    assert sorted(refusal.where for refusal in report.refused) == [
        "images/train/contempt/1.png",
        "images/train/happy/empty.png",
        "images/train/happy/text.png",
    ]


def test_new_images_are_added_to_a_data_set_that_is_there(workspace, folder):
    import_path(workspace, folder / "images" / "train", name="faces")
    report = import_path(workspace, folder, name="faces")
    assert (report.added, report.already) == (N_FACES // 2, N_FACES // 2)


def test_the_same_images_under_another_name_are_another_data_set(workspace, folder):
    for name in ("one", "two"):
        assert import_path(workspace, folder, name=name).added == N_FACES


def test_progress_is_told_after_every_chunk(workspace, folder):
    (folder / "images/train/happy/empty.png").write_bytes(b"")
    told = []
    import_path(workspace, folder, name="faces", on_progress=told.append)
    assert told == [
        ImportProgress(done=5, total=13, refused=1),
        ImportProgress(done=10, total=13, refused=1),
        ImportProgress(done=13, total=13, refused=1),
    ]


def test_large_files_fill_a_chunk_before_their_number_does(workspace, folder, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK_BYTES", 200)
    told = []
    import_path(workspace, folder, name="faces", on_progress=told.append)
    assert [state.done for state in told] == [2, 4, 6, 8, 10, 12]


def test_records_from_anywhere_can_be_imported(workspace):
    content = encode(np.zeros((8, 8), dtype=np.uint8))
    record = SourceRecord("face 1", "train/happy/1.png", Split.TRAIN, Emotion.HAPPY, content)
    refusal = Refusal("face 2", "no eyes")
    report = import_records(workspace, [record, refusal, record], name="drawn")
    assert (report.added, report.already, report.refused) == (1, 1, (refusal,))


@pytest.mark.parametrize("name", ["", " ", "a/b", "-x", "x" * 101, "a\nb", "../x", "x "])
def test_a_name_that_would_confuse_is_refused(workspace, folder, name):
    with pytest.raises(DatasetNameError):
        import_path(workspace, folder, name=name)


def test_a_path_that_is_no_source_leaves_no_data_set(workspace, tmp_path):
    with pytest.raises(SourceError):
        import_path(workspace, tmp_path / "nowhere", name="faces")
    assert stored(workspace) == [[], []]


def test_an_import_beside_another_one_ends_with_a_sentence(workspace, folder):
    def import_the_last_one(state):
        if state.done == 5:
            import_path(workspace, folder / "images/validation", name="faces")

    with pytest.raises(BusyDatasetError, match="Another import into 'faces'"):
        import_path(workspace, folder, name="faces", on_progress=import_the_last_one)


# Of 16 statements, 4 to 7, 8 to 11 and 12 to 15 store a chunk each, and the last one completes.
@pytest.mark.parametrize("n_statements", [4, 11, 16])
def test_an_import_killed_and_run_again_is_as_one_import(folder, tmp_path, n_statements):
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    killed = subprocess.run(
        [sys.executable, KILLED_IMPORT, folder, broken, str(n_statements)],
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    results = []
    for data in (broken, whole):
        workspace = open_workspace(Settings(data=data, database_url=None))
        assert stored(workspace)[1] in ([], [("faces", False)])
        import_path(workspace, folder, name="faces")
        results.append(stored(workspace))
        workspace.engine.dispose()
    assert results[0] == results[1]


@pytest.mark.real_faces
def test_real_faces_share_a_pixel_hash_only_where_pillow_reads_the_same(workspace, small_real_set):
    report = import_path(workspace, small_real_set, name="faces")
    assert (report.added, report.refused) == (630, ())
    groups = defaultdict(set)
    for path in small_real_set.rglob("*.png"):
        with PillowImage.open(path) as image:
            groups[image.tobytes()].add(path.name)
    ours = defaultdict(set)
    with workspace.reading() as session:
        for path, pixels in session.execute(select(Image.source_path, Image.pixel_sha256)):
            ours[pixels].add(Path(path).name)
    assert sorted(map(sorted, ours.values())) == sorted(map(sorted, groups.values()))
