"""The files of a zip archive, read in memory: nothing is ever extracted to disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from core.errors import SourceError
from core.sources.members import Member

MAX_MEMBERS = 1_000_000
MAX_TOTAL_BYTES = 16 * 2**30
MAX_MEMBER_BYTES = 2 * 2**30
# Deflate reaches 1,032 on zeros; fer2013.csv reaches 4, drawn images 20. Small files may be flat.
MAX_RATIO = 200
SMALL_BYTES = 2**20
IS_ENCRYPTED = 0x1


@contextmanager
def zip_members(path: Path) -> Iterator[Iterator[Member]]:
    """Open the archive and yield its files; what must not be opened is marked with the reason.

    Raises:
        SourceError: If the archive is damaged or has too many files.
    """
    try:
        archive = ZipFile(path)
    except (BadZipFile, NotImplementedError, ValueError) as error:
        raise SourceError(f"{path} is not a zip archive that can be read: {error}.") from error
    with archive:
        if len(archive.infolist()) > MAX_MEMBERS:
            raise SourceError(f"{path} has more than {MAX_MEMBERS:,} files; import it in parts.")
        yield _members(archive)


def _members(archive: ZipFile) -> Iterator[Member]:
    total = 0
    for info in archive.infolist():
        if info.is_dir():
            continue
        refused = _refusal(info)
        if not refused:
            total += info.file_size
            if total > MAX_TOTAL_BYTES:
                refused = f"The archive unpacks to more than {MAX_TOTAL_BYTES // 2**30} GiB."
        yield Member(_parts(info), partial(_open, archive, info), refused)


def _refusal(info: ZipInfo) -> str:
    """Return why the member must not be read; nothing where it may.

    The declared size can be trusted: zipfile stops there and then finds a wrong checksum.
    """
    parts = _parts(info)
    is_absolute = PurePosixPath(info.filename).is_absolute() or PureWindowsPath(info.filename).drive
    if is_absolute or ".." in parts:
        return "The path leads out of the archive."
    if info.flag_bits & IS_ENCRYPTED:
        return "The file is encrypted."
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "The file is packed in a way other than deflate; pack it again."
    if info.file_size > MAX_MEMBER_BYTES:
        return f"The file unpacks to more than {MAX_MEMBER_BYTES // 2**30} GiB."
    if info.file_size > max(SMALL_BYTES, MAX_RATIO * info.compress_size):
        return f"The file unpacks to more than {MAX_RATIO} times its size: a zip bomb?"
    return ""


def _parts(info: ZipInfo) -> tuple[str, ...]:
    """Return the member's path in parts; archives made on Windows may hold backslashes."""
    names = info.filename.replace("\\", "/").split("/")
    return tuple(name for name in names if name not in ("", ".")) or (info.filename,)


def _open(archive: ZipFile, info: ZipInfo) -> BinaryIO:
    return cast(BinaryIO, archive.open(info))
