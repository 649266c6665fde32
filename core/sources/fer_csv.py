"""The challenge's own file: fer2013.csv with a row of 48 x 48 numbers an image, also gzipped."""

import gzip
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from core.errors import SourceError
from core.images.encoding import encode
from core.sources.members import READ_ERRORS
from core.sources.names import CODES, SPLITS
from core.sources.records import Entry, Refusal, SourceRecord
from db.enums import Emotion

SIDE = 48
COLUMNS = ("emotion", "pixels", "usage")
SUFFIXES = (".csv", ".csv.gz")
# 48 x 48 numbers of three digits take 9,216 bytes.
MAX_LINE_BYTES = 65_536
MAX_TOTAL_BYTES = 2 * 2**30
BUFFER_BYTES = 2**20


@dataclass(frozen=True)
class FerCsv:
    """An open file in this form: its name without .gz, and where each column is."""

    name: str
    lines: BinaryIO
    columns: tuple[int, int, int]


@contextmanager
def open_fer_csv(file: BinaryIO, name: str) -> Iterator[FerCsv]:
    """Read the header of a CSV file, unpacking it when its name ends in .gz.

    Raises:
        SourceError: If the file cannot be read or lacks one of the columns.
    """
    with _unpacked(file, name) as lines:
        try:
            header = lines.readline(MAX_LINE_BYTES).decode("utf-8-sig", "replace")
        except READ_ERRORS as error:
            raise SourceError(f"{name} cannot be read: {error}.") from error
        names = [field.strip().strip('"').casefold() for field in header.split(",")]
        missing = [column for column in COLUMNS if column not in names]
        if missing:
            raise SourceError(f"{name} lacks the column {missing[0]!r} that fer2013.csv has.")
        emotion, pixels, usage = (names.index(column) for column in COLUMNS)
        yield FerCsv(re.sub(r"\.gz$", "", name, flags=re.I), lines, (emotion, pixels, usage))


def count_rows(file: BinaryIO, name: str) -> int | None:
    """Return how many lines follow the header, None where the file is too large or damaged."""
    n_lines = n_bytes = 0
    last = b""
    with _unpacked(file, name) as unpacked:
        try:
            while piece := unpacked.read(BUFFER_BYTES):
                last = piece
                n_lines += piece.count(b"\n")
                n_bytes += len(piece)
                if n_bytes > MAX_TOTAL_BYTES:
                    return None
        except READ_ERRORS:
            return None
    return n_lines - last.endswith(b"\n")


def csv_entries(csv: FerCsv, labels: Mapping[str, Emotion]) -> Iterator[Entry]:
    """Yield an entry for each row, its pixels as a PNG file; row 1 is in line 2.

    Args:
        csv: The open file.
        labels: Emotions that the user gave to codes or names, beside the seven codes.
    """
    labels = {**CODES, **labels}
    line_number = 1
    try:
        for line_number, line in enumerate(_lines(csv.lines), start=2):
            if line.strip():
                yield _entry(csv, line_number, line, labels)
    except READ_ERRORS as error:
        yield Refusal(f"{csv.name} line {line_number + 1}", f"The rest cannot be read: {error}")


def _unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """Return the file's text as bytes; buffered, as members of archives read lines slowly."""
    raw = gzip.GzipFile(fileobj=file) if name.casefold().endswith(".gz") else file
    return BufferedReader(cast(RawIOBase, raw), BUFFER_BYTES)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines cut off at MAX_LINE_BYTES, so that no line can fill the memory.

    Raises:
        OSError: If the file goes on beyond MAX_TOTAL_BYTES.
    """
    n_bytes = 0
    while line := file.readline(MAX_LINE_BYTES):
        yield line
        n_bytes += len(line)
        while len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE_BYTES)
            n_bytes += len(line)
        if n_bytes > MAX_TOTAL_BYTES:
            raise OSError(f"more than {MAX_TOTAL_BYTES // 2**30} GiB")


def _entry(csv: FerCsv, line_number: int, line: bytes, labels: Mapping[str, Emotion]) -> Entry:
    where = f"{csv.name} line {line_number}"
    fields = [field.strip().strip('"') for field in line.decode("ascii", "replace").split(",")]
    if len(fields) <= max(csv.columns):
        return Refusal(where, f"The row has {len(fields)} columns, too few.")
    code, text, usage = (fields[column] for column in csv.columns)
    if (label := labels.get(code.casefold())) is None:
        return Refusal(where, f"Unknown emotion code {code[:20]!r}; 0 to 6 are known.")
    if (split := SPLITS.get(usage.casefold())) is None:
        return Refusal(
            where, f"Unknown usage {usage[:20]!r}; known are Training, PublicTest, PrivateTest."
        )
    try:
        pixels = _pixels(text)
    except ValueError as error:
        return Refusal(where, f"{error}.")
    return SourceRecord(where, f"{csv.name}/{line_number - 1}", split, label, encode(pixels))


def _pixels(text: str) -> NDArray[np.uint8]:
    """Return the image of a row as uint8, shape (48, 48).

    Raises:
        ValueError: If there are not 48 x 48 whole numbers from 0 to 255.
    """
    try:
        values = np.fromstring(text, dtype=np.int64, sep=" ")
    except ValueError as error:
        raise ValueError("The pixels are not all whole numbers") from error
    if values.size != SIDE * SIDE:
        raise ValueError(f"The row has {values.size} pixels, not {SIDE} x {SIDE}")
    if values.min() < 0 or values.max() > 255:
        raise ValueError("A pixel is outside 0 to 255")
    return values.astype(np.uint8).reshape(SIDE, SIDE)
