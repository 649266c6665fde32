from pathlib import Path

import pytest

from core.errors import SourceError
from core.sources.ferplus import Tally, image_number, read_votes, row_number
from core.sources.records import Refusal
from db.enums import Emotion, Split

# As the file begins that its authors publish.
HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
)


def read(folder: Path, *rows: str, header: str = HEADER) -> list[Tally | Refusal]:
    path = folder / "fer2013new.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return list(read_votes(path))


def test_a_row_is_the_votes_on_one_face(tmp_path: Path):
    (found,) = read(tmp_path, "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0")
    assert found == Tally(
        where="fer2013new.csv line 2",
        row=1,
        split=Split.TRAIN,
        number=0,
        votes={Emotion.NEUTRAL: 4, Emotion.SAD: 1, Emotion.ANGRY: 3, Emotion.DISGUST: 2},
        left_out=0,
    )


def test_contempt_unknown_and_no_face_are_counted_apart(tmp_path: Path):
    (found,) = read(tmp_path, "PublicTest,fer0028638.png,0,6,0,0,0,0,0,1,2,1")
    assert isinstance(found, Tally)
    assert (found.votes, found.left_out) == ({Emotion.HAPPY: 6}, 4)


def test_a_row_without_a_name_shows_no_face(tmp_path: Path):
    (found,) = read(tmp_path, "PrivateTest,,0,0,0,0,0,0,0,0,0,10")
    assert isinstance(found, Tally)
    assert (found.number, found.votes, found.left_out) == (None, {}, 10)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Training,fer0000001.png,1,2", "The row has 4 columns, too few."),
        ("Training,face1.png,10,0,0,0,0,0,0,0,0,0", "'face1.png' is no name like fer0002503.png."),
        ("Test1,fer0000001.png,10,0,0,0,0,0,0,0,0,0", "Unknown usage 'Test1'."),
        ("Training,fer0000001.png,x,0,0,0,0,0,0,0,0,0", "'x' is no number of votes."),
        ("Training,fer0000001.png,-1,0,0,0,0,0,0,0,0,0", "'-1' is no number of votes."),
        ("Training,fer0000001.png,1.0,0,0,0,0,0,0,0,0,0", "'1.0' is no number of votes."),
        ("Training,fer0000001.png,9,2,0,0,0,0,0,0,0,0",
         "11 votes are more than 10 taggers can give."),
        ("Training,fer0000007.png,9,1,0,0,0,0,0,0,0,0",
         "fer0000007.png had votes in a line before."),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_its_line_and_the_rest_is_read(tmp_path: Path, row: str, why: str):
    good = "Training,fer0000007.png,0,10,0,0,0,0,0,0,0,0"
    found = read(tmp_path, good, row, good.replace("07", "08"))
    assert found[1] == Refusal("fer2013new.csv line 3", why)
    assert [one.number for one in found if isinstance(one, Tally)] == [7, 8]


def test_columns_are_found_by_name_in_any_order_with_a_byte_order_mark(tmp_path: Path):
    header = ",".join(reversed(HEADER.split(",")))
    (found,) = read(tmp_path, "0,0,0,0,0,0,0,0,0,10,fer0000003.png,Training", header="﻿" + header)
    assert isinstance(found, Tally)
    assert (found.number, found.votes) == (3, {Emotion.NEUTRAL: 10})


def test_another_table_is_refused_by_the_column_it_lacks(tmp_path: Path):
    with pytest.raises(SourceError, match="lacks the column 'image name'"):
        read(tmp_path, "3,1 2 3,Training", header="emotion,pixels,Usage")


def test_a_missing_file_is_one_sentence(tmp_path: Path):
    with pytest.raises(SourceError, match=r"votes.csv cannot be read"):
        list(read_votes(tmp_path / "votes.csv"))


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("train/happy/02503.png", 2503),
        ("train/happy/fer0002503.png", 2503),
        ("FER2013Train/fer0035799.png", 35799),
        ("00000.png", 0),
        ("validation/sad/90012.png", None),
        ("train/happy/36000.png", None),
        ("train/happy/2503.png", None),
        ("train/happy/102503.png", None),
        ("fer2013.csv/12345", None),
    ],
)
def test_the_number_of_an_image_is_in_its_name(path: str, number: int | None):
    assert image_number(path) == number


def test_the_row_of_a_fer2013_csv_is_in_its_path():
    assert (row_number("fer2013.csv/17"), row_number("train/happy/00017.png")) == (17, None)
