import pytest

from core.errors import SourceError
from core.sources.names import Place, class_labels, is_clutter, place
from core.sources.records import Refusal
from db.enums import EMOTIONS, Emotion, Split

LABELS = class_labels(None)


@pytest.mark.parametrize(
    ("folder", "split"),
    [
        ("train", Split.TRAIN),
        ("Training", Split.TRAIN),
        ("validation", Split.VALIDATION),
        ("PublicTest", Split.VALIDATION),
        ("TEST", Split.TEST),
        ("PrivateTest", Split.TEST),
    ],
)
def test_a_folder_names_its_split_in_any_case(folder, split):
    found = place(("images", folder, "Happy", "1.png"), LABELS)
    assert found == Place(f"{folder}/Happy/1.png", split, Emotion.HAPPY)


def test_what_lies_above_the_innermost_split_is_no_part_of_the_path():
    found = place(("test", "images", "train", "sad", "1.png"), LABELS)
    assert found == Place("train/sad/1.png", Split.TRAIN, Emotion.SAD)


@pytest.mark.parametrize("path", ["train/1.png", "train/sad/more/1.png", "sad/1.png", "1.png"])
def test_an_image_outside_a_class_folder_is_refused(path):
    found = place(tuple(path.split("/")), LABELS)
    assert found == Refusal(path, "Not in a folder of the form train/happy.")


def test_an_unknown_class_is_refused_by_name():
    found = place(("train", "contempt", "1.png"), LABELS)
    assert isinstance(found, Refusal)
    assert "'contempt'" in found.why


@pytest.mark.parametrize("name", ["anger", "happiness", "sadness"])
def test_names_that_only_resemble_a_class_need_a_mapping(name):
    assert isinstance(place(("train", name, "1.png"), LABELS), Refusal)


def test_a_mapping_adds_to_the_known_names_in_any_case():
    labels = class_labels({"Anger": "Angry"})
    assert labels == {**dict(zip(EMOTIONS, EMOTIONS, strict=True)), "anger": Emotion.ANGRY}


def test_a_mapping_to_no_emotion_is_refused():
    with pytest.raises(SourceError, match="'anger' cannot be mapped to 'rage'"):
        class_labels({"anger": "rage"})


def test_a_name_that_is_not_unicode_is_refused_readably():
    found = place(("train", "sad", "\udcff.png"), LABELS)
    assert found == Refusal("train/sad/\\udcff.png", "The name is too long or not valid Unicode.")


@pytest.mark.parametrize("path", ["__MACOSX/train/a", "train/sad/Thumbs.db", ".git/train/sad/1"])
def test_leavings_of_operating_systems_are_clutter(path):
    assert is_clutter(path.split("/"))


def test_an_image_is_not_clutter():
    assert not is_clutter(("train", "sad", "1.png"))
