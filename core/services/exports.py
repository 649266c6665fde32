"""Writing a version, or the data set as it is now, to files that others can use."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from core.errors import EmptySetError, UnknownVersionError
from core.images.face_files import write_faces
from core.services import writers
from core.services.publishing import published
from core.services.versions import digest, face_set, find_version, freeze
from core.services.writers import ExportedImage
from core.workspace import Workspace
from db.enums import ImageState
from db.repositories import labels, standings
from db.repositories import versions as stored
from db.repositories import votes as judgements
from db.repositories.standings import Standing
from db.rows import DatasetRow

CHUNK = 500


class ExportFormat(StrEnum):
    """What an export is: one table, the faces in Kaggle's folders with a table, or their arrays."""

    CSV = "csv"
    PARQUET = "parquet"
    FOLDER = "folder"
    ZIP = "zip"
    NPZ = "npz"


@dataclass(frozen=True)
class ExportReport:
    """What was written; `version` is the id that freezing the kept images gives."""

    path: Path
    version: str
    images: int
    kept: int
    seconds: float


OnProgress = Callable[[int, int], None]


def export(
    workspace: Workspace,
    dataset: DatasetRow,
    out: Path,
    form: ExportFormat,
    *,
    version: str | None = None,
    on_progress: OnProgress | None = None,
) -> ExportReport:
    """Write a version of a data set, or its state now, to `out`, which must not exist yet.

    A table has a line for each image: those of the version, or all images, dropped ones too.
    Folders and archives hold the kept images as `images/<split>/<label>/<file>`, so that
    importing them and freezing gives the same version, and the table as `manifest.csv`. Votes are
    those given until now. An npz file holds the faces of a version for `python -m core.ml`; its
    state now is frozen for it. Nothing is left behind when it fails.

    Raises:
        UnknownVersionError: If the data set has no such version.
        EmptySetError: If there is nothing to export.
        ExportError: If something is at `out` already, or it cannot be written.
    """
    if form is ExportFormat.NPZ:
        return _export_faces(workspace, dataset, out, version)
    started = time.perf_counter()
    with workspace.reading() as session:
        images = _images(session, dataset, version)
        n_kept = sum(bool(image.place) for image in images)
        with published(out) as partial:
            if form is ExportFormat.CSV:
                writers.write_csv(partial, images)
            elif form is ExportFormat.PARQUET:
                writers.write_parquet(partial, images)
            else:
                contents = _contents(session, images, n_kept, on_progress)
                write = writers.write_folder if form is ExportFormat.FOLDER else writers.write_zip
                write(partial, images, contents)
    seconds = time.perf_counter() - started
    return ExportReport(out, images[0].version, len(images), n_kept, seconds)


def _export_faces(
    workspace: Workspace, dataset: DatasetRow, out: Path, version: str | None
) -> ExportReport:
    """Write the decoded faces of a version, by default of the data set frozen as it is now."""
    started = time.perf_counter()
    wanted = version or freeze(workspace, dataset.name).digest
    found = find_version(workspace, wanted, dataset_id=dataset.id)
    faces = face_set(workspace, found.id)
    with published(out) as partial:
        write_faces(partial, faces, version=found.digest)
    return ExportReport(out, wanted, len(faces), len(faces), time.perf_counter() - started)


def _images(session: Session, dataset: DatasetRow, version: str | None) -> list[ExportedImage]:
    found = _standings(session, dataset, version)
    if not found:
        raise EmptySetError(f"{dataset.name!r} has no image to export; import some first.")
    frozen = digest([one for one in found if one.state is ImageState.KEPT])
    votes = judgements.tallies(session, dataset.id)
    return [
        ExportedImage(one, frozen, votes.get(one.image_id, {}), place)
        for one, place in zip(found, writers.places(found), strict=True)
    ]


def _standings(session: Session, dataset: DatasetRow, version: str | None) -> list[Standing]:
    if version is None:
        return standings.of_dataset(session, dataset.id)
    found = stored.by_digest(session, version, dataset_id=dataset.id)
    if found is None:
        raise UnknownVersionError(version)
    return standings.of_version(session, found.id)


def _contents(
    session: Session, images: Sequence[ExportedImage], n_kept: int, on_progress: OnProgress | None
) -> Iterator[tuple[str, bytes]]:
    """Yield the place and the bytes of each kept image, a few hundred at a time in memory."""
    kept = (image for image in images if image.place)
    done = 0
    while chunk := list(islice(kept, CHUNK)):
        contents = labels.blobs(session, [image.standing.image_id for image in chunk])
        yield from ((image.place, contents[image.standing.image_id]) for image in chunk)
        done += len(chunk)
        if on_progress:
            on_progress(done, n_kept)
