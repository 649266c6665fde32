"""The files of an export: a table as CSV or parquet, and faces in Kaggle's folders or a zip."""

import csv
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from core.sources.members import IMAGE_SUFFIXES
from db.enums import EMOTIONS, Emotion, ImageState
from db.repositories.standings import Standing

ROOT, MANIFEST = "images", "manifest.csv"
VOTES = tuple(f"votes_{emotion.value}" for emotion in EMOTIONS)
COLUMNS = (
    "image", "split", "original_split", "original_label", "label", "state", "tags", *VOTES,
    "pixel_sha256", "version", "file",
)  # fmt: skip
SCHEMA = pa.schema([(name, pa.int64() if name in VOTES else pa.string()) for name in COLUMNS])
ROWS_A_BLOCK = 5_000
MAX_STEM_BYTES = 180  # with a number and a suffix below the 255 of common file systems
UNSAFE = re.compile(r"[^\w .()+-]")
# Names that Windows keeps for devices, whatever their suffix.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ExportedImage:
    """An image with the votes it got, the version it belongs to, and its place in the folders.

    `place` is `<split>/<label>/<name>` and empty for a dropped image, which gets no file.
    """

    standing: Standing
    version: str
    votes: Mapping[Emotion, int]
    place: str

    def cells(self) -> tuple[str | int, ...]:
        """Return the image's cells in the order of `COLUMNS`."""
        one = self.standing
        votes = (self.votes.get(emotion, 0) for emotion in EMOTIONS)
        return (
            one.source_path, one.split.value, one.original_split.value, one.original_label.value,
            one.label.value, one.state.value, one.tags, *votes, one.pixel_sha256, self.version,
            f"{ROOT}/{self.place}" if self.place else "",
        )  # fmt: skip


def places(standings: Sequence[Standing]) -> Iterator[str]:
    """Yield where each image goes, `<split>/<label>/<name>`; an empty text for a dropped one.

    Names come from the source, which nobody has checked: what could lead out of the folder, hide
    the file or mean a device is replaced, and names that would meet get the image's id.
    """
    taken: set[str] = set()
    for one in standings:
        if one.state is ImageState.DROPPED:
            yield ""
            continue
        folder = f"{one.split.value}/{one.label.value}"
        stem, suffix = safe_name(one.source_path)
        place = f"{folder}/{stem}{suffix}"
        number = 0
        while place.casefold() in taken:  # some file systems do not tell small from large letters
            place = f"{folder}/{stem}-{one.image_id}{f'-{number}' if number else ''}{suffix}"
            number += 1
        taken.add(place.casefold())
        yield place


def safe_name(source_path: str) -> tuple[str, str]:
    """Return the stem and the suffix of a file name made of the last part of a source path.

    A path without a suffix of images, as those of rows of fer2013.csv, which are PNG, gets one.
    """
    name = unicodedata.normalize("NFC", source_path.rsplit("/", 1)[-1])
    stem, dot, ending = name.rpartition(".")
    suffix = f".{ending}" if dot and f".{ending.casefold()}" in IMAGE_SUFFIXES else ""
    stem = UNSAFE.sub("_", stem if suffix else name).lstrip(". ").rstrip(". ")
    stem = stem.encode()[:MAX_STEM_BYTES].decode(errors="ignore")
    if not stem or DEVICES.fullmatch(stem.split(".")[0]):
        stem = f"_{stem}"
    return stem, suffix or ".png"


def write_csv(path: Path, images: Iterable[ExportedImage]) -> None:
    """Write the table as CSV in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        _rows(file, images)


def write_parquet(path: Path, images: Sequence[ExportedImage]) -> None:
    """Write the table as parquet, its votes as numbers."""
    with pq.ParquetWriter(path, SCHEMA) as writer:
        for start in range(0, len(images), ROWS_A_BLOCK):
            rows = [image.cells() for image in images[start : start + ROWS_A_BLOCK]]
            columns = [list(column) for column in zip(*rows, strict=True)]
            writer.write_table(pa.table(columns, schema=SCHEMA))


def write_folder(
    path: Path, images: Iterable[ExportedImage], contents: Iterable[tuple[str, bytes]]
) -> None:
    """Write each face's file as it was imported, and the table beside the folders."""
    path.mkdir()
    made: set[str] = set()
    for place, content in contents:
        folder = place.rpartition("/")[0]
        if folder not in made:
            (path / ROOT / folder).mkdir(parents=True)
            made.add(folder)
        _write_new(f"{path}/{ROOT}/{place}", content)
    write_csv(path / MANIFEST, images)


def write_zip(
    path: Path, images: Iterable[ExportedImage], contents: Iterable[tuple[str, bytes]]
) -> None:
    """Write the same as an archive; faces are packed already, so they are only stored."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for place, content in contents:
            archive.writestr(f"{ROOT}/{place}", content)
        table = zipfile.ZipInfo(MANIFEST)
        table.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(table, "w") as file, TextIOWrapper(file, "utf-8", newline="") as text:
            _rows(text, images)


def _write_new(path: str, content: bytes) -> None:
    """Write a file that must not exist yet."""
    with open(path, "xb") as file:  # noqa: PTH123 - Path.open builds a Path a file: twice the time
        file.write(content)


def _rows(file: TextIO, images: Iterable[ExportedImage]) -> None:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(image.cells() for image in images)
