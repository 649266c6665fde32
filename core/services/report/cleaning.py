"""What became of a data set between import and a version of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.services.datasets import Count
from core.services.duplicates import DuplicateReport, version_report
from core.services.versions import digest
from core.workspace import Workspace
from db.enums import EMOTIONS, ImageState, Split
from db.repositories import history, progress, standings, versions
from db.repositories.history import Work
from db.repositories.standings import Standing
from db.rows import VersionRow

SPLITS = tuple(Split)
NOT_DROPPED = "kept now, but not in this version"
NO_REASON = "no reason given"


@dataclass(frozen=True, kw_only=True)
class VersionRecord:
    """A version beside the data set as it was imported.

    Attributes:
        version: The version.
        counts: Per split and emotion, as imported and in the version.
        n_imported: Images ever imported.
        relabeled: int64, shape (7, 7). Images of the version by label as imported (row) and in
            the version (column).
        moved: int64, shape (3, 3). Images of the version by split as imported and in the version,
            both in the order of `Split`.
        left_out: Images that are not in the version by why, most first.
        copies: Pixel-identical images in the version, and what they leak.
        is_current: Whether the data set is still exactly this version.
    """

    version: VersionRow
    counts: tuple[Count, ...]
    n_imported: int
    relabeled: NDArray[np.int64]
    moved: NDArray[np.int64]
    left_out: Mapping[str, int]
    copies: DuplicateReport
    is_current: bool


def version_record(workspace: Workspace, version_id: int) -> VersionRecord:
    """Return what led from the imported images to a version."""
    with workspace.reading() as session:
        version = versions.by_id(session, version_id)
        members = standings.of_version(session, version_id)
        now = standings.of_dataset(session, version.dataset_id)
        reasons = progress.drop_reasons(session, version.dataset_id)
    in_version = {member.image_id for member in members}
    left_out = Counter(
        (reasons[one.image_id] or NO_REASON) if one.image_id in reasons else NOT_DROPPED
        for one in now
        if one.image_id not in in_version
    )
    kept = [one for one in now if one.state is ImageState.KEPT]
    return VersionRecord(
        version=version,
        counts=_counts(now, members),
        n_imported=len(now),
        relabeled=_table([(m.original_label, m.label) for m in members], EMOTIONS),
        moved=_table([(m.original_split, m.split) for m in members], SPLITS),
        left_out=dict(left_out.most_common()),
        copies=version_report(workspace, version_id),
        is_current=bool(kept) and digest(kept) == version.digest,
    )


def work_record(workspace: Workspace, dataset_id: int) -> tuple[Work, ...]:
    """Return what people and programs did to a data set until now, and who, when and why."""
    with workspace.reading() as session:
        return tuple(history.work(session, dataset_id))


def _counts(imported: Sequence[Standing], members: Sequence[Standing]) -> tuple[Count, ...]:
    """Return the counts of every split in use and every emotion, as `datasets.counts` does."""
    original = Counter((one.original_split, one.original_label) for one in imported)
    current = Counter((one.split, one.label) for one in members)
    used = {split for split, _ in original}
    return tuple(
        Count(
            split=split,
            emotion=emotion,
            original=original[split, emotion],
            current=current[split, emotion],
        )
        for split in Split
        if split in used
        for emotion in EMOTIONS
    )


def _table(pairs: Sequence[tuple[str, str]], names: Sequence[str]) -> NDArray[np.int64]:
    """Return how often each pair of names occurs: int64, rows the first, columns the second."""
    place = {name: k for k, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), dtype=np.int64)
    for (before, after), n in Counter(pairs).items():
        table[place[before], place[after]] = n
    return table
