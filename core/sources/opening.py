"""Open a path as a source of labelled images, whatever known layout it has."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import is_zipfile

from core.errors import SourceError
from core.sources.archives import zip_members
from core.sources.fer_csv import SUFFIXES, count_rows, csv_entries, open_fer_csv
from core.sources.folders import folder_members
from core.sources.members import READ_ERRORS, Member, has_splits, image_source
from core.sources.names import class_labels
from core.sources.records import Source
from db.enums import Emotion

KNOWN = "known are folders like train/happy/1.png, fer2013.csv, and zip archives of these"


@contextmanager
def open_source(path: Path, mapping: Mapping[str, str] | None = None) -> Iterator[Source]:
    """Open a folder, a fer2013.csv, its .gz or a zip of these, and close it in the end.

    Args:
        path: What to read.
        mapping: The user's class names (or codes) and our emotions, as {"anger": "angry"}.

    Raises:
        SourceError: If there is nothing in a known layout, or the mapping names no emotion.
    """
    labels = class_labels(mapping)
    with ExitStack() as stack:
        if _is_folder(path):
            members = list(folder_members(path))
        elif path.name.casefold().endswith(SUFFIXES):
            yield stack.enter_context(_csv_source(_lone_file(path), labels))
            return
        elif is_zipfile(path):
            members = list(stack.enter_context(zip_members(path)))
        else:
            raise SourceError(f"{path} is no data set that can be imported; {KNOWN}.")
        members = [member for member in members if not member.is_clutter]
        if has_splits(members):
            yield image_source(members, labels)
        else:
            yield stack.enter_context(_csv_source(_only_csv(members, path), labels))


def _is_folder(path: Path) -> bool:
    """Return whether the path is a folder, not a file.

    Raises:
        SourceError: If it is neither, or cannot be asked for.
    """
    try:
        if path.is_dir():
            return True
        if path.is_file():
            return False
    except OSError as error:
        raise SourceError(f"{path} cannot be opened: {error.strerror}.") from error
    raise SourceError(f"There is no file or folder {path}.")


def _lone_file(path: Path) -> Member:
    return Member((path.name,), lambda: path.open("rb"))


def _only_csv(members: Sequence[Member], path: Path) -> Member:
    """Return the one file like fer2013.csv.

    Raises:
        SourceError: If there is none, or more than one.
    """
    tables = [member for member in members if member.parts[-1].casefold().endswith(SUFFIXES)]
    found = [member for member in tables if _is_fer_csv(member)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(member.where for member in found)
        raise SourceError(f"{path} holds several data sets, {names}; give one of them.")
    refused = [f" ({member.where}: {member.refused})" for member in tables if member.refused]
    reason = refused[0] if refused else ""
    raise SourceError(f"{path} holds no data set that can be imported{reason}; {KNOWN}.")


def _is_fer_csv(member: Member) -> bool:
    if member.refused:
        return False
    try:
        with _opened(member) as file, open_fer_csv(file, member.parts[-1]):
            return True
    except SourceError:
        return False


@contextmanager
def _csv_source(member: Member, labels: Mapping[str, Emotion]) -> Iterator[Source]:
    name = member.parts[-1]
    with _opened(member) as file:
        total = count_rows(file, name)
    with _opened(member) as file, open_fer_csv(file, name) as csv:
        yield Source(csv_entries(csv, labels), total)


def _opened(member: Member) -> BinaryIO:
    try:
        return member.open()
    except READ_ERRORS as error:
        raise SourceError(f"{member.where} cannot be read: {error}.") from error
