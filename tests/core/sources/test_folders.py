import os

import pytest

from core.errors import SourceError
from core.sources import members
from core.sources.opening import open_source
from core.sources.records import Refusal, SourceRecord
from db.enums import Emotion, Split


def entries(path, mapping=None):
    with open_source(path, mapping) as source:
        return list(source.entries)


def refusals(path):
    return {entry.where: entry.why for entry in entries(path) if isinstance(entry, Refusal)}


def test_kaggle_folders_give_a_record_an_image_in_the_order_of_paths(write, face):
    folder = write(
        "images/validation/sad/3.png", "images/train/happy/2.png", "images/train/happy/1.png"
    )
    assert entries(folder) == [
        SourceRecord(
            "images/train/happy/1.png", "train/happy/1.png", Split.TRAIN, Emotion.HAPPY, face
        ),
        SourceRecord(
            "images/train/happy/2.png", "train/happy/2.png", Split.TRAIN, Emotion.HAPPY, face
        ),
        SourceRecord(
            "images/validation/sad/3.png",
            "validation/sad/3.png",
            Split.VALIDATION,
            Emotion.SAD,
            face,
        ),
    ]


@pytest.mark.parametrize("inner", ["", "images", "images/train"])
def test_parent_images_folder_and_split_itself_give_the_same_path(write, inner):
    folder = write("images/train/happy/1.png")
    assert [entry.path for entry in entries(folder / inner)] == ["train/happy/1.png"]


def test_fer_folders_give_three_splits(write):
    folder = write("Training/sad/1.png", "PublicTest/sad/2.png", "PrivateTest/sad/3.png")
    splits = {entry.path: entry.split for entry in entries(folder)}
    assert splits == {
        "Training/sad/1.png": Split.TRAIN,
        "PublicTest/sad/2.png": Split.VALIDATION,
        "PrivateTest/sad/3.png": Split.TEST,
    }


def test_a_mapping_gives_a_class_its_emotion(write):
    folder = write("train/anger/1.png")
    assert [entry.label for entry in entries(folder, {"anger": "angry"})] == [Emotion.ANGRY]


def test_unknown_classes_and_strays_are_listed_and_the_rest_is_read(write):
    folder = write("train/contempt/1.png", "train/sad/1.png", "2.png", "readme.txt")
    assert sorted(refusals(folder)) == ["2.png", "train/contempt/1.png"]


def test_hidden_files_and_clutter_are_passed_over(write):
    folder = write(
        "train/sad/.DS_Store", "train/sad/Thumbs.db", "__MACOSX/train/sad/1.png", "train/sad/1.png"
    )
    assert [entry.path for entry in entries(folder)] == ["train/sad/1.png"]


def test_a_hidden_folder_can_be_given(write):
    folder = write("train/sad/1.png", folder=".cache")
    assert [entry.path for entry in entries(folder)] == ["train/sad/1.png"]


def test_the_number_of_entries_is_known_beforehand(write):
    with open_source(write("train/sad/1.png", "train/rage/2.png")) as source:
        assert source.total == 2


def test_links_out_of_the_folder_are_refused(write):
    outside = write("secret.png", "train/sad/9.png", folder="outside")
    folder = write("train/sad/1.png")
    (folder / "train/sad/2.png").symlink_to(outside / "secret.png")
    (folder / "validation").symlink_to(outside / "train")
    leads_out = "A link that leads out of the folder is not followed."
    assert refusals(folder) == {"train/sad/2.png": leads_out, "validation": leads_out}


def test_a_link_to_a_file_inside_is_read(write):
    folder = write("train/sad/1.png")
    (folder / "train/sad/2.png").symlink_to(folder / "train/sad/1.png")
    assert [entry.path for entry in entries(folder)] == ["train/sad/1.png", "train/sad/2.png"]


def test_a_ring_of_links_ends(write):
    folder = write("train/sad/1.png")
    (folder / "train/again").symlink_to(folder)
    assert list(refusals(folder)) == ["train/again"]


def test_a_pipe_is_refused_without_waiting_for_it(write):
    folder = write("train/sad/1.png")
    os.mkfifo(folder / "train/sad/2.png")
    assert refusals(folder) == {"train/sad/2.png": "Not a regular file."}


def test_a_file_that_vanished_is_refused(write):
    folder = write("train/sad/1.png", "train/sad/2.png")
    with open_source(folder) as source:
        (folder / "train/sad/2.png").unlink()
        kinds = [type(entry) for entry in source.entries]
    assert kinds == [SourceRecord, Refusal]


def test_an_overlong_file_is_refused(write, monkeypatch):
    folder = write("train/sad/1.png")
    monkeypatch.setattr(members, "MAX_IMAGE_BYTES", 20)
    assert list(refusals(folder)) == ["train/sad/1.png"]


def test_a_folder_of_nothing_known_is_no_source(write):
    with pytest.raises(SourceError, match="holds no data set"):
        entries(write("happy/1.png"))


@pytest.mark.parametrize("name", ["nowhere", "x" * 300])
def test_a_path_that_is_not_there_is_no_source(tmp_path, name):
    with pytest.raises(SourceError, match=r"no file or folder|cannot be opened"):
        entries(tmp_path / name)
