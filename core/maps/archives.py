"""Records of arrays as npz files: one entry a field, no pickles, whole or not there."""

import os
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


def write_arrays(path: Path, record: "DataclassInstance") -> None:
    """Write a dataclass whose fields are arrays as one npz file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            arrays = {field.name: getattr(record, field.name) for field in fields(record)}
            np.savez_compressed(file, allow_pickle=False, **arrays)
        partial.replace(path)
    finally:  # on a full disk, do not keep half a file
        partial.unlink(missing_ok=True)


def read_arrays(path: Path, kind: type[Record]) -> Record:
    """Return the record of this kind that `write_arrays` wrote.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    with np.load(path, allow_pickle=False) as stored:
        return kind(**{field.name: stored[field.name] for field in fields(kind)})
