"""Files in a folder or an archive: what both kinds of sources have in common."""

import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from core.sources.names import Place, is_clutter, place, printable, split_depth
from core.sources.records import Entry, Refusal, Source, SourceRecord
from db.enums import Emotion

MAX_IMAGE_BYTES = 32 * 2**20
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
READ_ERRORS = (OSError, EOFError, zlib.error, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a source: its path in parts, and how to open it for reading.

    `refused` says why it must not be opened; `above` counts leading parts that name the source.
    """

    parts: tuple[str, ...]
    open: Callable[[], BinaryIO]
    refused: str = ""
    above: int = 0

    @property
    def where(self) -> str:
        """Return the path beneath the source, as people read it."""
        return printable("/".join(self.parts[self.above :]))

    @property
    def is_clutter(self) -> bool:
        """Return whether the file is hidden or left by an operating system."""
        return is_clutter(self.parts[self.above :])


def has_splits(members: Sequence[Member]) -> bool:
    """Return whether any member lies beneath a folder named like a split."""
    return any(split_depth(member.parts) is not None for member in members)


def image_source(members: Sequence[Member], labels: Mapping[str, Emotion]) -> Source:
    """Return the images of class folders, in the order of their paths."""
    wanted = sorted((m for m in members if _is_wanted(m)), key=lambda member: member.parts)
    return Source((_entry(member, labels) for member in wanted), len(wanted))


def _is_wanted(member: Member) -> bool:
    """Return whether the member is in a split or looks like an image; a readme beside does not."""
    is_image = member.parts[-1].casefold().endswith(IMAGE_SUFFIXES)
    return is_image or bool(member.refused) or split_depth(member.parts) is not None


def _entry(member: Member, labels: Mapping[str, Emotion]) -> Entry:
    if member.refused:
        return Refusal(member.where, member.refused)
    found = place(member.parts, labels)
    if isinstance(found, Refusal):
        return Refusal(member.where, found.why)
    return _read(member, found)


def _read(member: Member, found: Place) -> Entry:
    try:
        with member.open() as file:
            content = file.read(MAX_IMAGE_BYTES + 1)
    except READ_ERRORS as error:
        return Refusal(member.where, f"The file cannot be read: {error}")
    if len(content) > MAX_IMAGE_BYTES:
        return Refusal(member.where, f"The file is larger than {MAX_IMAGE_BYTES // 2**20} MiB.")
    return SourceRecord(member.where, found.path, found.split, found.label, content)
