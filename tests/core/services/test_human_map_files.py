from pathlib import Path

import pytest

from core.errors import HumanMapError
from core.maps.own import MAX_BYTES
from core.services.human_map_files import pictures_of_files, pictures_of_folder
from db.enums import Emotion


def test_pictures_are_known_by_their_names_in_any_case():
    found = pictures_of_files([("angry.png", b"1"), ("Happy.JPG", b"2")])
    assert found == {Emotion.ANGRY: b"1", Emotion.HAPPY: b"2"}


def test_a_name_that_is_no_emotion_and_two_of_one_are_refused():
    with pytest.raises(HumanMapError, match=r"'joy\.png' names no emotion"):
        pictures_of_files([("joy.png", b"")])
    with pytest.raises(HumanMapError, match="two pictures for sad"):
        pictures_of_files([("sad.png", b""), ("SAD.gif", b"")])


def test_a_folder_gives_its_pictures_and_nothing_else(tmp_path: Path):
    (tmp_path / "fear.png").write_bytes(b"f")
    (tmp_path / ".hidden.png").write_bytes(b"h")
    (tmp_path / "notes.txt").write_text("n")
    (tmp_path / "happy.png").mkdir()
    assert pictures_of_folder(tmp_path) == {Emotion.FEAR: b"f"}


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path):
    with pytest.raises(HumanMapError, match="cannot be read"):
        pictures_of_folder(tmp_path / "none")
    with pytest.raises(HumanMapError, match="has no picture"):
        pictures_of_folder(tmp_path)
    with (tmp_path / "sad.png").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(HumanMapError, match=r"sad\.png is larger"):
        pictures_of_folder(tmp_path)
