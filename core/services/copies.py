"""The exact copies of a data set as they stand, read once for all who ask between two changes."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from core.quality.duplicates import exact_groups
from core.workspace import Workspace
from db.enums import Split
from db.repositories import datasets
from db.repositories.duplicates import Fingerprint, copies, kept_per_split


@dataclass(frozen=True, eq=False)
class Copies:
    """Kept images that share their pixels with another one.

    Attributes:
        prints: These images, by id.
        groups: Groups of two or more of them, as indices into `prints`, by their first.
        per_split: How many kept images each split in use has, those without a copy too.
    """

    prints: tuple[Fingerprint, ...]
    groups: tuple[tuple[int, ...], ...]
    per_split: dict[Split, int]


def copies_now(workspace: Workspace, dataset_id: int) -> Copies:
    """Return the copies of a data set; read anew only after a change raised its revision."""
    with workspace.reading() as session:
        revision = datasets.revision(session, dataset_id)
    return _at(workspace, dataset_id, revision)


def read(session: Session, dataset_id: int) -> Copies:
    """Return the copies of a data set as a transaction of the caller's sees them."""
    prints = tuple(copies(session, dataset_id))
    groups = exact_groups([image.pixel_sha256 for image in prints])
    per_split = kept_per_split(session, dataset_id)
    return Copies(prints, tuple(tuple(group) for group in groups), per_split)


@lru_cache(maxsize=4)
def _at(workspace: Workspace, dataset_id: int, revision: int) -> Copies:
    with workspace.reading() as session:
        return read(session, dataset_id)
