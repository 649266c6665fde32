"""Frozen versions: an immutable id for exactly these images with these labels and splits."""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from core.errors import EmptySetError, NotReadyError, UnknownDatasetError, UnknownVersionError
from core.images.decoding import decode
from core.images.faces import FaceSet, common_side, squared
from core.services.landmarks import arrays
from core.workspace import Workspace
from db.enums import EMOTIONS
from db.repositories import datasets, landmarks
from db.repositories import versions as stored
from db.repositories.duplicates import Fingerprint, fingerprints
from db.repositories.standings import Standing
from db.repositories.versions import Member
from db.rows import DatasetRow, VersionRow

DIGEST_LENGTH = 16  # 64 bits: two of a million versions agree by chance once in 37 million


def freeze(workspace: Workspace, name: str) -> VersionRow:
    """Freeze the kept images of a data set and return the version.

    Its digest is a hash over the sorted (pixel hash, label, split), so the same content has the
    same digest on any machine; freezing an unchanged data set returns the version there is. The
    tags of each image and the label policy are kept as they are when it is frozen first.

    Raises:
        UnknownDatasetError: If there is no such data set.
        NotReadyError: If an import into it did not finish.
        EmptySetError: If no image is kept.
    """
    with workspace.writing() as session:
        dataset = _complete_dataset(session, name)
        members = fingerprints(session, dataset.id)
        if not members:
            raise EmptySetError(
                f"{name!r} has no kept image to freeze; import some or undo a drop."
            )
        version = digest(members)
        found = stored.by_digest(session, version, dataset_id=dataset.id)
        return found or stored.create(session, dataset, version, members, now=datetime.now(UTC))


def digest(members: Iterable[Fingerprint | Member | Standing]) -> str:
    """Return the id of a version with these members, whatever their order: 16 hex digits."""
    lines = sorted(f"{m.pixel_sha256}\t{m.label}\t{m.split}\n" for m in members)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:DIGEST_LENGTH]


def versions(workspace: Workspace) -> list[VersionRow]:
    """Return all versions, newest first."""
    with workspace.reading() as session:
        return stored.every(session)


def find_version(
    workspace: Workspace, version: str, *, dataset_id: int | None = None
) -> VersionRow:
    """Return the version with this digest, the oldest where several data sets have it.

    Raises:
        UnknownVersionError: If there is none (of this data set).
    """
    with workspace.reading() as session:
        found = stored.by_digest(session, version, dataset_id=dataset_id)
    if found is None:
        raise UnknownVersionError(version)
    return found


def face_set(workspace: Workspace, version_id: int) -> FaceSet:
    """Return the decoded faces of a version, by image id, memory-mapped from its folder.

    Faces are square: other shapes are resized to the version's median height, 48 to 128 px. They
    have landmarks where every one of them does; computing those changes nothing else.
    """
    with workspace.reading() as session:
        version = stored.by_id(session, version_id)
        members = stored.members(session, version_id)
        known = landmarks.of_version(session, version_id)
    path = workspace.versions_dir / version.digest / f"faces-{version_id}.npy"
    if not path.exists():
        _write_faces(workspace, version_id, path)
    points, found = arrays(known, [member.image_id for member in members])
    hashes = np.array([member.pixel_sha256 for member in members])
    return FaceSet(
        image_ids=np.array([member.image_id for member in members], dtype=np.int64),
        pixels=np.load(path, mmap_mode="r", allow_pickle=False),
        labels=np.array([EMOTIONS.index(member.label) for member in members], dtype=np.int64),
        splits=np.array([member.split.value for member in members], dtype=np.str_),
        groups=np.unique(hashes, return_inverse=True)[1].astype(np.int64),
        landmarks=points,
        landmarks_found=found,
    )


def _complete_dataset(session: Session, name: str) -> DatasetRow:
    dataset = datasets.by_name(session, name)
    if dataset is None:
        raise UnknownDatasetError(name, [row.name for row in datasets.every(session)])
    if not dataset.is_complete:
        raise NotReadyError(
            f"The import into {name!r} did not finish; run the same import again, then freeze."
        )
    return dataset


def _write_faces(workspace: Workspace, version_id: int, path: Path) -> None:
    with workspace.reading() as session:
        contents = stored.contents(session, version_id)
    with ThreadPoolExecutor() as pool:  # OpenCV decodes outside the interpreter lock
        faces = list(pool.map(decode, contents, chunksize=256))
    side = common_side(np.array([face.shape[0] for face in faces]))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.save(file, np.stack([squared(face, side) for face in faces]), allow_pickle=False)
    partial.replace(path)
