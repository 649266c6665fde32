import gzip
import zipfile

import numpy as np
import pytest

from core.errors import SourceError
from core.images.decoding import decode
from core.sources import fer_csv
from core.sources.opening import open_source
from core.sources.records import Refusal
from db.enums import Emotion, Split

HEADER = "emotion,pixels,Usage"


def pixels(grey=7, n=48 * 48):
    return " ".join([str(grey)] * n)


def row(code=3, usage="Training", grey=7, n=48 * 48):
    return f"{code},{pixels(grey, n)},{usage}"


@pytest.fixture
def table(tmp_path):
    """Return a function that writes lines as fer2013.csv and returns its path."""

    def write_lines(*lines, name="fer2013.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return path

    return write_lines


def entries(path, mapping=None):
    with open_source(path, mapping) as source:
        return list(source.entries)


def refusals(path):
    return {entry.where: entry.why for entry in entries(path) if isinstance(entry, Refusal)}


def test_a_row_becomes_an_image_with_its_pixels(table):
    numbers = np.arange(48 * 48) % 256
    (entry,) = entries(table(HEADER, f"6,{' '.join(map(str, numbers))},PrivateTest"))
    assert (entry.where, entry.path) == ("fer2013.csv line 2", "fer2013.csv/1")
    assert (entry.label, entry.split) == (Emotion.NEUTRAL, Split.TEST)
    np.testing.assert_array_equal(decode(entry.content).ravel(), numbers)


def test_codes_are_those_of_the_challenge(table):
    found = entries(table(HEADER, *(row(code) for code in range(7))))
    names = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    assert [entry.label for entry in found] == names


def test_usages_are_the_three_splits(table):
    usages = ("Training", "PublicTest", "PrivateTest")
    found = entries(table(HEADER, *(row(usage=usage) for usage in usages)))
    assert [entry.split for entry in found] == ["train", "validation", "test"]


def test_columns_are_found_by_name_in_any_order(table):
    lines = ("\ufeffemotion, Usage, pixels", f"3,Training,{pixels()}")
    assert [entry.label for entry in entries(table(*lines))] == [Emotion.HAPPY]


def test_quoted_fields_and_windows_line_ends_are_read(table):
    lines = ('"emotion","pixels","Usage"\r', f'"3","{pixels()}","Training"\r')
    assert [entry.label for entry in entries(table(*lines))] == [Emotion.HAPPY]


def test_empty_lines_keep_the_numbers_of_the_rows_after_them(table):
    (entry,) = entries(table(HEADER, "", row()))
    assert (entry.where, entry.path) == ("fer2013.csv line 3", "fer2013.csv/2")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(code=7), "Unknown emotion code '7'; 0 to 6 are known."),
        (row(code=""), "Unknown emotion code ''; 0 to 6 are known."),
        (
            row(usage="Practice"),
            "Unknown usage 'Practice'; known are Training, PublicTest, PrivateTest.",
        ),
        (row(n=2303), "The row has 2303 pixels, not 48 x 48."),
        (row(n=2305), "The row has 2305 pixels, not 48 x 48."),
        (row(grey=256), "A pixel is outside 0 to 255."),
        (row(grey=-1), "A pixel is outside 0 to 255."),
        (row(grey="x"), "The pixels are not all whole numbers."),
        (row(grey="1.5"), "The pixels are not all whole numbers."),
        ("3,,Training", "The row has 0 pixels, not 48 x 48."),
        ("3", "The row has 1 columns, too few."),
        ("\ufffd\u0000", "The row has 1 columns, too few."),
    ],
)
def test_a_bad_row_is_refused_by_line_and_the_rest_is_read(table, line, reason):
    found = entries(table(HEADER, row(), line, row()))
    assert found[1] == Refusal("fer2013.csv line 3", reason)
    assert [entry.path for entry in (found[0], found[2])] == ["fer2013.csv/1", "fer2013.csv/3"]


def test_a_mapping_gives_a_code_its_emotion(table):
    (entry,) = entries(table(HEADER, row(code="contempt")), {"contempt": "disgust"})
    assert entry.label == Emotion.DISGUST


def test_an_endless_line_is_refused_and_the_next_one_read(table, monkeypatch):
    monkeypatch.setattr(fer_csv, "MAX_LINE_BYTES", 10_000)
    found = entries(table(HEADER, row(n=30_000), row()))
    assert [type(entry) is Refusal for entry in found] == [True, False]
    assert found[1].path == "fer2013.csv/2"


def test_reading_stops_at_the_limit_of_the_whole_file(table, monkeypatch):
    monkeypatch.setattr(fer_csv, "MAX_TOTAL_BYTES", 10_000)
    found = refusals(table(HEADER, *[row()] * 9))
    assert list(found) == ["fer2013.csv line 5"]


@pytest.mark.parametrize("wrapping", ["gz", "zip", "folder", "gz in zip"])
def test_wrapped_files_give_the_same_paths_and_bytes(table, tmp_path, wrapping):
    plain = table(HEADER, row(grey=1), row(code=9), row(grey=2))
    expected = entries(plain)
    packed = tmp_path / "fer2013.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    path = tmp_path / "fer.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(
            *{"gz in zip": (packed, "fer/fer2013.csv.gz")}.get(wrapping, (plain, "f/fer2013.csv"))
        )
    packed = packed.rename(tmp_path / "other.gz") if wrapping == "folder" else packed
    assert entries({"gz": packed, "folder": tmp_path}.get(wrapping, path)) == expected


def test_a_gzip_file_that_is_cut_off_gives_what_comes_before(table, tmp_path):
    rows = [row(grey=number % 256) for number in range(400)]
    whole = gzip.compress(table(HEADER, *rows).read_bytes())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    found = entries(path)
    assert isinstance(found[-1], Refusal)
    assert "The rest cannot be read" in found[-1].why
    assert not any(isinstance(entry, Refusal) for entry in found[:-1])


@pytest.mark.parametrize("name", ["fer2013.csv", "fer2013.csv.gz"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_the_number_of_rows_is_known_beforehand(tmp_path, name, end):
    path = tmp_path / name
    text = f"{HEADER}\n{row()}\n{row()}{end}".encode()
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with open_source(path) as source:
        assert source.total == 2


def test_the_number_of_rows_is_unknown_beyond_the_limit(table, monkeypatch):
    monkeypatch.setattr(fer_csv, "MAX_TOTAL_BYTES", 10)
    with open_source(table(HEADER, row())) as source:
        assert source.total is None


def test_another_table_is_no_source(table):
    with pytest.raises(SourceError, match="lacks the column 'pixels'"):
        entries(table("Usage,Image name,neutral,emotion"))


def test_a_gzip_file_of_something_else_is_no_source(tmp_path):
    path = tmp_path / "fer2013.csv.gz"
    path.write_bytes(b"no gzip")
    with pytest.raises(SourceError, match="cannot be read"):
        entries(path)


def test_of_several_tables_the_one_with_pixels_is_read(table, tmp_path):
    table("Usage,Image name,neutral", name="fer2013new.csv")
    table(HEADER, row())
    assert [entry.path for entry in entries(tmp_path)] == ["fer2013.csv/1"]


def test_two_tables_with_pixels_are_no_source(table, tmp_path):
    table(HEADER, row(), name="a.csv")
    table(HEADER, row(), name="b.csv")
    with pytest.raises(SourceError, match="several data sets"):
        entries(tmp_path)
