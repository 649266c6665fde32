"""Faces of a version in one file of arrays, to train with where there is no workspace.

The file is numpy's .npz without pickles. Its arrays are those of `FaceSet`, and `version`, the
digest of the version. Landmarks are there where the version has them.
"""

import os
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import FaceFileError
from core.images.faces import FaceSet
from db.enums import EMOTIONS

OPTIONAL = ("landmarks", "landmarks_found")
KINDS = {
    "image_ids": np.integer,
    "pixels": np.uint8,
    "labels": np.integer,
    "splits": np.str_,
    "groups": np.integer,
    "landmarks": np.floating,
    "landmarks_found": np.bool_,
}
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def write_faces(path: Path, faces: FaceSet, *, version: str) -> None:
    """Write faces to a file that is either not there or whole; a file there is replaced."""
    arrays = {field.name: getattr(faces, field.name) for field in fields(FaceSet)}
    given = {name: array for name, array in arrays.items() if array is not None}
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            np.savez(file, allow_pickle=False, version=np.array(version), **given)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_faces(path: Path) -> tuple[FaceSet, str]:
    """Return the faces in a file, in memory, and the digest of their version.

    Raises:
        FaceFileError: If the file is missing, damaged or not of the form of `write_faces`.
    """
    if not path.is_file():
        raise FaceFileError(
            f"There is no file {path} with faces; write one with `feelingit export --to npz`."
        )
    try:
        with path.open("rb") as raw, zipfile.ZipFile(raw), np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in KINDS if name in file or name not in OPTIONAL}
            version = str(file["version"])
    except UNREADABLE as error:
        raise _not_faces(path, "it cannot be read") from error
    _require_form(arrays, path)
    return FaceSet(**{name: _as_kept(array) for name, array in arrays.items()}), version


def _require_form(arrays: dict[str, NDArray[Any]], path: Path) -> None:
    """Refuse arrays of other kinds, shapes or ranges than those of a face set."""
    n = len(arrays["labels"]) if arrays["labels"].ndim == 1 else -1
    for name, array in arrays.items():
        if not np.issubdtype(array.dtype, KINDS[name]):
            raise _not_faces(path, f"{name} is {array.dtype}")
        n_axes = 3 if name in ("pixels", "landmarks") else 1
        if array.ndim != n_axes or len(array) != n:
            raise _not_faces(path, f"{name} has shape {array.shape}")
    rows, columns = arrays["pixels"].shape[1:]
    if rows != columns:
        raise _not_faces(path, f"its faces are {rows}x{columns}, not square")
    if n and not (arrays["labels"].min() >= 0 and arrays["labels"].max() < len(EMOTIONS)):
        raise _not_faces(path, f"a label is outside 0..{len(EMOTIONS) - 1}")


def _as_kept(array: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers as int64 and shares as float32, as a face set keeps them."""
    if array.dtype != np.uint8 and np.issubdtype(array.dtype, np.integer):
        return array.astype(np.int64, copy=False)
    if np.issubdtype(array.dtype, np.floating):
        return array.astype(np.float32, copy=False)
    return array


def _not_faces(path: Path, reason: str) -> FaceFileError:
    return FaceFileError(
        f"{path} does not hold faces ({reason}); write it again with `feelingit export --to npz`."
    )
