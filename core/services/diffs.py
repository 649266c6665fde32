"""What changed between two versions, or between a version and the data set now."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from core.errors import UnknownVersionError
from core.workspace import Workspace
from db.enums import EMOTIONS, ImageState, Split
from db.repositories import labels, standings
from db.repositories import versions as stored
from db.repositories.standings import Standing
from db.rows import ImageRow

NOW = "now"
SPLITS = tuple(Split)


class ChangeKind(StrEnum):
    """What can differ; one image may be relabeled, moved and retagged at once."""

    RELABELED = "relabeled"
    MOVED = "moved"
    RETAGGED = "retagged"
    ONLY_A = "only_a"
    ONLY_B = "only_b"


FIELDS = {
    ChangeKind.RELABELED: "label",
    ChangeKind.MOVED: "split",
    ChangeKind.RETAGGED: "tags",
}


@dataclass(frozen=True)
class Change:
    """An image before and after; None on the side where it is missing."""

    before: Standing | None
    after: Standing | None

    @property
    def image_id(self) -> int:
        """Return the id of the image, the one before where data sets differ."""
        return self.present.image_id

    @property
    def present(self) -> Standing:
        """Return the image as it was before, or as it is after where it was missing."""
        one = self.before or self.after
        if one is None:
            raise ValueError("a change has an image on one side at least")
        return one


@dataclass(frozen=True, kw_only=True)
class VersionDiff:
    """What changed from a to b; each is a version's digest or `now`.

    Attributes:
        a: The digest of the first, or `now`.
        b: The digest of the second, or `now`.
        n_a: Images of the first.
        n_b: Images of the second.
        matched: Images in both.
        flow: int64, shape (7, 7): images in both by label in a (row) and in b (column).
        moves: int64, shape (3, 3): images in both by split in a (row) and in b (column).
        changes: The changed images of each kind, ordered by id.
    """

    a: str
    b: str
    n_a: int
    n_b: int
    matched: int
    flow: NDArray[np.int64]
    moves: NDArray[np.int64]
    changes: dict[ChangeKind, tuple[Change, ...]]

    def count(self, kind: ChangeKind) -> int:
        """Return how many images changed in this way."""
        return len(self.changes[kind])

    def page(self, kind: ChangeKind, *, start: int = 0, limit: int = 50) -> tuple[Change, ...]:
        """Return some of the images that changed in this way, by id."""
        return self.changes[kind][start : start + limit]


def diff(
    workspace: Workspace, version_a: str, version_b: str = NOW, *, dataset_id: int | None = None
) -> VersionDiff:
    """Return what changed from one version to another, or to the kept images now.

    Images of one data set are matched by their id. Those of two are matched by their pixels, and
    among equal pixels by source path first, then by file name, then by order: a face that was
    exported under another label is still the same face.

    Args:
        workspace: Where the versions are.
        version_a: A digest, or `now` for the data set of the other one.
        version_b: A digest, or `now`.
        dataset_id: Whose versions are meant, where several data sets have one of this digest.

    Raises:
        UnknownVersionError: If there is no such version.
    """
    with workspace.reading() as session:
        of_a, of_b = _dataset_ids(session, (version_a, version_b), dataset_id)
        before = _standings(session, version_a, of_a)
        after = _standings(session, version_b, of_b)
    keys = (_by_id,) if of_a == of_b else (_by_path, _by_name, _by_pixels)
    pairs, only_a, only_b = _match(before, after, keys)
    return VersionDiff(
        a=version_a,
        b=version_b,
        n_a=len(before),
        n_b=len(after),
        matched=len(pairs),
        flow=_table(pairs, "label", EMOTIONS),
        moves=_table(pairs, "split", SPLITS),
        changes={kind: _changed(pairs, field) for kind, field in FIELDS.items()}
        | {
            ChangeKind.ONLY_A: tuple(Change(one, None) for one in only_a),
            ChangeKind.ONLY_B: tuple(Change(None, one) for one in only_b),
        },
    )


def images(workspace: Workspace, changes: Iterable[Change]) -> dict[int, ImageRow]:
    """Return the images of some changes as they are now, by id."""
    with workspace.reading() as session:
        found = labels.images(session, [change.image_id for change in changes])
    return {row.id: row for row in found}


def _dataset_ids(
    session: Session, versions: tuple[str, str], dataset_id: int | None
) -> tuple[int, int]:
    """Return whose versions these are; `now` belongs to the data set of the other one.

    Raises:
        UnknownVersionError: If there is no such version.
    """
    a, b = (_dataset_id(session, version, dataset_id) for version in versions)
    of_a, of_b = a or b or dataset_id, b or a or dataset_id
    if of_a is None or of_b is None:
        raise UnknownVersionError(versions[0])
    return of_a, of_b


def _dataset_id(session: Session, version: str, dataset_id: int | None) -> int | None:
    if version == NOW:
        return None
    found = stored.by_digest(session, version, dataset_id=dataset_id)
    found = found or stored.by_digest(session, version)
    if found is None:
        raise UnknownVersionError(version)
    return found.dataset_id


def _standings(session: Session, version: str, dataset_id: int) -> list[Standing]:
    if version == NOW:
        every = standings.of_dataset(session, dataset_id)
        return [one for one in every if one.state is ImageState.KEPT]
    found = stored.by_digest(session, version, dataset_id=dataset_id)
    if found is None:
        raise UnknownVersionError(version)
    return standings.of_version(session, found.id)


def _by_id(one: Standing) -> Hashable:
    return one.image_id


def _by_path(one: Standing) -> Hashable:
    return one.pixel_sha256, one.source_path


def _by_name(one: Standing) -> Hashable:
    return one.pixel_sha256, one.source_path.rsplit("/", 1)[-1]


def _by_pixels(one: Standing) -> Hashable:
    return one.pixel_sha256


def _match(
    before: Sequence[Standing],
    after: Sequence[Standing],
    keys: Iterable[Callable[[Standing], Hashable]],
) -> tuple[list[tuple[Standing, Standing]], list[Standing], list[Standing]]:
    """Return the pairs, and what is left on either side; each key gets what earlier ones left."""
    pairs: list[tuple[Standing, Standing]] = []
    left, right = list(before), list(after)
    for key in keys:
        waiting: dict[Hashable, deque[Standing]] = defaultdict(deque)
        for one in right:
            waiting[key(one)].append(one)
        unmatched = []
        for one in left:
            if found := waiting.get(key(one)):
                pairs.append((one, found.popleft()))
            else:
                unmatched.append(one)
        left = unmatched
        right = sorted(one for rest in waiting.values() for one in rest)
    return sorted(pairs), left, right


def _changed(pairs: Iterable[tuple[Standing, Standing]], field: str) -> tuple[Change, ...]:
    return tuple(Change(a, b) for a, b in pairs if getattr(a, field) != getattr(b, field))


def _table(
    pairs: Sequence[tuple[Standing, Standing]], field: str, values: Sequence[StrEnum]
) -> NDArray[np.int64]:
    """Return how many pairs have each value before (row) and after (column), as int64."""
    places = {value: index for index, value in enumerate(values)}
    table = np.zeros((len(values), len(values)), dtype=np.int64)
    cells = [(places[getattr(a, field)], places[getattr(b, field)]) for a, b in pairs]
    if cells:
        np.add.at(table, tuple(np.array(cells, dtype=np.int64).T), 1)
    return table
