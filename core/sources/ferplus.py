"""FER+'s votes: fer2013new.csv, ten taggers for each of FER2013's faces (Barsoum et al. 2016)."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import SourceError
from core.sources.members import READ_ERRORS
from core.sources.names import SPLITS
from core.sources.records import Refusal
from db.enums import Emotion, Split

N_TAGGERS = 10
USAGE_COLUMN, NAME_COLUMN = "usage", "image name"
EMOTION_COLUMNS = {
    Emotion.ANGRY: "anger",
    Emotion.DISGUST: "disgust",
    Emotion.FEAR: "fear",
    Emotion.HAPPY: "happiness",
    Emotion.NEUTRAL: "neutral",
    Emotion.SAD: "sadness",
    Emotion.SURPRISE: "surprise",
}
OTHER_COLUMNS = ("contempt", "unknown", "nf")
FIRST_FOREIGN_NUMBER = 36_000  # FER2013 has 35,887 faces
_IMAGE_NAME = re.compile(r"fer(\d{7})\.png", re.IGNORECASE)
_ROW_PATH = re.compile(r"\.csv/(\d{1,9})$", re.IGNORECASE)
_PATH = re.compile(r"(?:^|[/\\])(?:fer(?P<long>\d{7})|(?P<short>\d{5}))\.[a-z]+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on one face.

    Attributes:
        where: "fer2013new.csv line 17".
        row: Its row beneath the header, from 1: rows are in the order of fer2013.csv.
        split: What FER2013 used the image for.
        number: The number in the image's name; None where FER+ gives it no name (no face).
        votes: How many taggers chose each emotion; emotions nobody chose are left out.
        left_out: How many chose contempt, unknown or "not a face", which we have no label for.
    """

    where: str
    row: int
    split: Split
    number: int | None
    votes: dict[Emotion, int]
    left_out: int


def image_number(source_path: str) -> int | None:
    """Return FER+'s number of an image by its path, None where the path does not tell.

    Such are fer0002503.png and 02503.png; five digits from 36000 on are no FER+ number.
    """
    found = _PATH.search(source_path)
    if found is None:
        return None
    number = int(found["long"] or found["short"])
    return number if number < FIRST_FOREIGN_NUMBER else None


def row_number(source_path: str) -> int | None:
    """Return the row of fer2013.csv that an image was imported from, None for other sources."""
    found = _ROW_PATH.search(source_path)
    return int(found[1]) if found else None


def read_votes(path: Path) -> Iterator[Tally | Refusal]:
    """Yield the votes on each face, and the lines that cannot be read with the reason.

    Raises:
        SourceError: If the file cannot be read or lacks a column of fer2013new.csv.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.reader(file)
            columns = _columns(path, next(rows, []))
            seen: set[int] = set()
            for number, row in enumerate(filter(None, rows), start=1):
                where = f"{path.name} line {rows.line_num}"
                try:
                    yield _tally(where, number, _cells(row, columns), seen)
                except ValueError as error:
                    yield Refusal(where, f"{error}.")
    except (*READ_ERRORS, csv.Error) as error:
        raise SourceError(f"{path} cannot be read: {error}.") from error


def _columns(path: Path, header: list[str]) -> dict[str, int]:
    """Return where each column is.

    Raises:
        SourceError: If one is missing.
    """
    names = [name.strip().casefold() for name in header]
    needed = (USAGE_COLUMN, NAME_COLUMN, *EMOTION_COLUMNS.values(), *OTHER_COLUMNS)
    missing = [name for name in needed if name not in names]
    if missing:
        raise SourceError(f"{path.name} lacks the column {missing[0]!r} that fer2013new.csv has.")
    return {name: names.index(name) for name in needed}


def _cells(row: list[str], columns: dict[str, int]) -> dict[str, str]:
    """Return the cells of a row by column.

    Raises:
        ValueError: If there are too few.
    """
    if len(row) <= max(columns.values()):
        raise ValueError(f"The row has {len(row)} columns, too few")
    return {name: row[index].strip() for name, index in columns.items()}


def _tally(where: str, row: int, cells: dict[str, str], seen: set[int]) -> Tally:
    """Return the votes of a row; `seen` collects the numbers of images so far.

    Raises:
        ValueError: If the row makes no sense.
    """
    name = cells[NAME_COLUMN]
    named = _IMAGE_NAME.fullmatch(name)
    if name and named is None:
        raise ValueError(f"{name[:40]!r} is no name like fer0002503.png")
    if (split := SPLITS.get(cells[USAGE_COLUMN].casefold())) is None:
        raise ValueError(f"Unknown usage {cells[USAGE_COLUMN][:20]!r}")
    votes = {emotion: _count(cells[column]) for emotion, column in EMOTION_COLUMNS.items()}
    left_out = sum(_count(cells[column]) for column in OTHER_COLUMNS)
    if (n_votes := sum(votes.values()) + left_out) > N_TAGGERS:
        raise ValueError(f"{n_votes} votes are more than {N_TAGGERS} taggers can give")
    number = int(named[1]) if named else None
    if number in seen:
        raise ValueError(f"{name} had votes in a line before")
    if number is not None:
        seen.add(number)
    given = {emotion: n for emotion, n in votes.items() if n}
    return Tally(where, row, split, number, given, left_out)


def _count(cell: str) -> int:
    """Return a number of votes.

    Raises:
        ValueError: If it is no whole number from 0 on.
    """
    if not (cell.isascii() and cell.isdigit()):
        raise ValueError(f"{cell[:20]!r} is no number of votes")
    return int(cell)
