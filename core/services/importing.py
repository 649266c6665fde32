"""Bring images into a data set, in short transactions that a killed import can continue."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from core.errors import BusyDatasetError, DatasetNameError, UnreadableImageError
from core.images.decoding import decode
from core.images.hashing import file_sha256, low_frequencies, perceptual_hashes, pixel_sha256
from core.sources.opening import open_source
from core.sources.records import Entry, Refusal, Source, SourceRecord
from core.workspace import Workspace
from db.repositories import datasets, images
from db.rows import DatasetRow, NewImage

NAME_PATTERN = re.compile(r"\w(?:[\w .-]{0,98}[\w.-])?")
# Stored in about 0.1 s: no annotator waits longer for the write lock. Large files fill a chunk too.
CHUNK = 1000
CHUNK_BYTES = 32 * 2**20


@dataclass(frozen=True)
class ImportProgress:
    """How far an import is: entries dealt with, of how many where known, and how many refused."""

    done: int
    total: int | None
    refused: int


@dataclass(frozen=True)
class ImportReport:
    """What an import did; `already` counts images that were there before, unchanged."""

    dataset: str
    added: int
    already: int
    refused: tuple[Refusal, ...]
    seconds: float


OnProgress = Callable[[ImportProgress], None]


def import_path(
    workspace: Workspace,
    path: Path,
    *,
    name: str,
    mapping: Mapping[str, str] | None = None,
    on_progress: OnProgress | None = None,
) -> ImportReport:
    """Import a folder, fer2013.csv(.gz) or zip of these into the named data set, made if missing.

    Images that are there already are left alone, with their labels; what cannot be used is
    reported. Interrupted at any time and run again, the result is that of one run.

    Raises:
        SourceError: If the path is not a data set in a known layout.
        DatasetNameError: If the name cannot be used.
        BusyDatasetError: If another import stored one of the images meanwhile.
    """
    started = time.perf_counter()
    _check_name(name)
    with open_source(path, mapping) as source:
        return _import(workspace, source, name, on_progress, started)


def import_records(
    workspace: Workspace,
    records: Iterable[Entry],
    *,
    name: str,
    total: int | None = None,
    on_progress: OnProgress | None = None,
) -> ImportReport:
    """Import records from anywhere into the named data set, in the manner of `import_path`.

    Raises:
        DatasetNameError: If the name cannot be used.
        BusyDatasetError: If another import stored one of the images meanwhile.
    """
    _check_name(name)
    source = Source(iter(records), total)
    return _import(workspace, source, name, on_progress, time.perf_counter())


def _import(
    workspace: Workspace,
    source: Source,
    name: str,
    on_progress: OnProgress | None,
    started: float,
) -> ImportReport:
    dataset, known = _begin(workspace, name)
    added = already = done = 0
    refused: list[Refusal] = []
    for chunk in _chunks(source.entries):
        fresh, unfit = _sort_out(chunk, known)
        new, unreadable = _prepare(fresh, known)
        _store(workspace, dataset, new)
        added += len(new)
        already += len(chunk) - len(fresh) - len(unfit)
        refused += unfit + unreadable
        done += len(chunk)
        if on_progress:
            on_progress(ImportProgress(done, source.total, len(refused)))
    _complete(workspace, dataset, has_changed=added > 0)
    return ImportReport(name, added, already, tuple(refused), time.perf_counter() - started)


def _check_name(name: str) -> None:
    if not NAME_PATTERN.fullmatch(name):
        raise DatasetNameError(name)


def _begin(workspace: Workspace, name: str) -> tuple[DatasetRow, dict[str, str]]:
    """Return the data set, made if it is missing, and the file hash of each of its images."""
    with workspace.writing() as session:
        dataset = datasets.by_name(session, name)
        dataset = dataset or datasets.create(session, name, now=datetime.now(UTC))
        return dataset, images.file_hashes(session, dataset.id)


def _chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    n_bytes = 0
    for entry in entries:
        chunk.append(entry)
        n_bytes += len(entry.content) if isinstance(entry, SourceRecord) else 0
        if len(chunk) == CHUNK or n_bytes >= CHUNK_BYTES:
            yield chunk
            chunk, n_bytes = [], 0
    if chunk:
        yield chunk


def _sort_out(
    chunk: Iterable[Entry], known: dict[str, str]
) -> tuple[list[SourceRecord], list[Refusal]]:
    """Return the records that are new and those to refuse; the rest is there already.

    Args:
        chunk: The next entries of the source.
        known: File hash by path of all images so far; the new ones are added to it.
    """
    fresh, refused = [], []
    for entry in chunk:
        if isinstance(entry, Refusal):
            refused.append(entry)
            continue
        sha256 = file_sha256(entry.content)
        if entry.path not in known:
            known[entry.path] = sha256
            fresh.append(entry)
        elif known[entry.path] != sha256:
            refused.append(Refusal(entry.where, f"Another image was imported as {entry.path}."))
    return fresh, refused


def _prepare(
    records: Iterable[SourceRecord], known: Mapping[str, str]
) -> tuple[list[NewImage], list[Refusal]]:
    """Return the images with their hashes, and the records that cannot be decoded."""
    readable, frequencies, refused = [], [], []
    for record in records:
        try:
            pixels = decode(record.content)
        except UnreadableImageError as error:
            refused.append(Refusal(record.where, str(error)))
        else:
            readable.append((record, pixel_sha256(pixels), pixels.shape))
            frequencies.append(low_frequencies(pixels))
    new = [
        NewImage(
            source_path=record.path,
            split=record.split,
            label=record.label,
            file_sha256=known[record.path],
            pixel_sha256=sha256,
            phash=phash,
            width=width,
            height=height,
            content=record.content,
        )
        for (record, sha256, (height, width)), phash in zip(
            readable, perceptual_hashes(frequencies).tolist(), strict=True
        )
    ]
    return new, refused


def _store(workspace: Workspace, dataset: DatasetRow, new: Sequence[NewImage]) -> None:
    if not new:
        return
    try:
        with workspace.writing() as session:
            images.insert_all(session, dataset.id, new)
            datasets.set_complete(session, dataset.id, is_complete=False)
    except IntegrityError as error:
        raise BusyDatasetError(dataset.name) from error


def _complete(workspace: Workspace, dataset: DatasetRow, *, has_changed: bool) -> None:
    if has_changed or not dataset.is_complete:
        with workspace.writing() as session:
            datasets.set_complete(session, dataset.id, is_complete=True)
