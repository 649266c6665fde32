import zipfile

import pytest

from core.errors import SourceError
from core.sources import archives
from core.sources.opening import open_source
from core.sources.records import Refusal


@pytest.fixture
def pack(tmp_path, face):
    """Return a function that writes a zip of the given files and returns its path."""

    def write_zip(*names, contents=None, **options):
        path = tmp_path / "faces.zip"
        with zipfile.ZipFile(path, "w", **options) as archive:
            for name in names:
                archive.writestr(name, face)
            for name, content in (contents or {}).items():
                archive.writestr(name, content)
        return path

    return write_zip


def entries(path):
    with open_source(path) as source:
        return list(source.entries)


def refusals(path):
    return {entry.where: entry.why for entry in entries(path) if isinstance(entry, Refusal)}


@pytest.mark.parametrize("above", ["", "images/", "archive/images/"])
def test_a_zip_reads_like_the_folder_it_was_made_of(pack, write, above):
    names = ("validation/sad/2.png", "train/happy/1.png")
    from_zip = entries(pack(*(above + name for name in names)))
    from_folder = entries(write(*names))
    assert [(e.path, e.split, e.label, e.content) for e in from_zip] == [
        (e.path, e.split, e.label, e.content) for e in from_folder
    ]


def test_backslashes_of_windows_separate_folders(pack):
    assert [entry.path for entry in entries(pack("train\\sad\\1.png"))] == ["train/sad/1.png"]


@pytest.mark.parametrize(
    "name",
    ["../train/sad/1.png", "/train/sad/1.png", "C:/train/sad/1.png", "a/..\\train/sad/1.png"],
)
def test_a_path_that_leads_out_is_refused(pack, name):
    path = pack(name, "train/sad/2.png")
    assert list(refusals(path).values()) == ["The path leads out of the archive."]


def test_a_bomb_is_refused_by_its_ratio(pack):
    bomb = {"train/sad/2.png": bytes(3 * 2**20)}
    path = pack("train/sad/1.png", contents=bomb, compression=zipfile.ZIP_DEFLATED)
    assert list(refusals(path)) == ["train/sad/2.png"]


def test_a_member_beyond_the_limit_is_refused(pack, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 100)
    path = pack("train/sad/1.png", contents={"train/sad/2.png": bytes(101)})
    assert list(refusals(path)) == ["train/sad/2.png"]


def test_members_beyond_the_total_are_refused(pack, face, monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 2 * len(face))
    path = pack("train/sad/1.png", "train/sad/2.png", "train/sad/3.png")
    assert list(refusals(path)) == ["train/sad/3.png"]


def test_too_many_members_are_no_source(pack, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 1)
    with pytest.raises(SourceError, match="more than 1 files"):
        entries(pack("train/sad/1.png", "train/sad/2.png"))


def test_a_member_with_a_wrong_checksum_is_refused(pack, face):
    path = pack("train/sad/1.png", "train/sad/2.png")
    content = path.read_bytes()
    path.write_bytes(content.replace(face, face[:-20] + bytes(20), 1))
    assert list(refusals(path)) == ["train/sad/1.png"]


def test_a_member_that_says_it_is_smaller_than_it_is_is_refused(pack, face):
    path = pack("train/sad/1.png", "train/sad/2.png")
    size = len(face).to_bytes(4, "little")
    content = path.read_bytes()
    central = content.index(b"PK\x01\x02")
    lie = content[central:].replace(size + size, size + b"\x05\0\0\0", 1)
    path.write_bytes(content[:central] + lie)
    assert list(refusals(path)) == ["train/sad/1.png"]


def test_an_encrypted_member_is_refused(pack):
    path = pack("train/sad/1.png", "train/sad/2.png")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusals(path) == {"train/sad/1.png": "The file is encrypted."}


def test_a_rare_packing_is_refused(pack):
    path = pack("train/sad/1.png", compression=zipfile.ZIP_LZMA)
    assert list(refusals(path)) == ["train/sad/1.png"]


def test_nothing_is_written_beside_the_archive(pack):
    path = pack("train/sad/1.png")
    entries(path)
    assert list(path.parent.iterdir()) == [path]


def test_a_damaged_archive_is_no_source(pack):
    path = pack("train/sad/1.png")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02")] = 0
    path.write_bytes(content)
    with pytest.raises(SourceError, match="not a zip archive that can be read"):
        entries(path)


def test_the_reason_is_named_when_all_is_refused(pack):
    with pytest.raises(SourceError, match="leads out of the archive"):
        entries(pack("../fer2013.csv"))
