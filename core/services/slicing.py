"""Slices of a run's test images: by tag, by what annotators did with them, by leakage."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.services.experiments import find_run
from core.services.results import predictions
from core.workspace import Workspace
from db.enums import Mask
from db.repositories import standings, versions, votes

SMALLEST_N = 30  # below it a 95 % interval of an accuracy is up to 36 points wide: no statement

Members = NDArray[np.bool_]


class ImageSlice(StrEnum):
    """The slices that every data set has; tags are slices as well, as `tag:NAME`."""

    ALL = "all"
    LEAK_FREE = "leak-free"
    LEAKED = "leaked"
    RELABELED = "relabeled"
    UNCHANGED = "unchanged"
    AGREED = "agreed"
    DISAGREED = "disagreed"


@dataclass(frozen=True, kw_only=True)
class VersionSlices:
    """Ids of a version's images that were relabeled or judged, and the tags of those with any."""

    relabeled: frozenset[int]
    agreed: frozenset[int]
    disagreed: frozenset[int]
    tags: Mapping[int, str]


def slice_members(
    workspace: Workspace, run_id: int, *, test_mask: Mask | None = None
) -> Mapping[str, Members]:
    """Return which of a run's test images belong to each slice.

    Relabeled: the version's label is not the imported one. Agreed and disagreed: at least two
    annotators judged the image and did or did not say the same. Leaked: a pixel twin was trained
    on or chosen with. Tags are those that the version kept.

    Returns:
        By slice a bool array, shape (n,), in the order of `results.predictions`; `all` first,
        tags last and by name. Slices without images are there as well, tags are not.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it has no predictions under this mask.
    """
    rows = predictions(workspace, run_id, test_mask=test_mask)
    version_id = find_run(workspace, run_id).version_id
    return members_of(rows, version_slices(workspace, version_id))


def version_slices(workspace: Workspace, version_id: int) -> VersionSlices:
    """Return what a version's images are sliced by, the same for all runs on it."""
    with workspace.reading() as session:
        dataset_id = versions.by_id(session, version_id).dataset_id
        members = standings.of_version(session, version_id)
        tallies = votes.tallies(session, dataset_id)
    judged = {image_id: cast for image_id, cast in tallies.items() if sum(cast.values()) > 1}
    return VersionSlices(
        relabeled=frozenset(m.image_id for m in members if m.label != m.original_label),
        agreed=frozenset(image_id for image_id, cast in judged.items() if len(cast) == 1),
        disagreed=frozenset(image_id for image_id, cast in judged.items() if len(cast) > 1),
        tags={member.image_id: member.tags for member in members if member.tags},
    )


def members_of(rows: pd.DataFrame, slices: VersionSlices) -> Mapping[str, Members]:
    """Return which rows of a run's predictions belong to each slice, as `slice_members` does."""
    ids = rows["image_id"].to_numpy()
    leak_free = rows["leak_free"].to_numpy(dtype=bool)
    is_relabeled = _flags(ids, slices.relabeled)
    found: dict[str, Members] = {
        ImageSlice.ALL: np.ones(len(ids), dtype=bool),
        ImageSlice.LEAK_FREE: leak_free,
        ImageSlice.LEAKED: ~leak_free,
        ImageSlice.RELABELED: is_relabeled,
        ImageSlice.UNCHANGED: ~is_relabeled,
        ImageSlice.AGREED: _flags(ids, slices.agreed),
        ImageSlice.DISAGREED: _flags(ids, slices.disagreed),
    }
    return found | _tagged(ids, slices.tags)


def is_too_small(n: int) -> bool:
    """Return whether a slice of n images is too small for a statement."""
    return n < SMALLEST_N


def _tagged(ids: NDArray[np.int64], tags: Mapping[int, str]) -> dict[str, Members]:
    """Return the members of each tag that one of the images has."""
    given = pd.Series([tags.get(int(i), "") for i in ids], dtype=object)
    names = sorted({tag for line in given for tag in line.split(",") if tag})
    return {
        f"tag:{name}": np.array([name in line.split(",") for line in given], dtype=bool)
        for name in names
    }


def _flags(ids: NDArray[np.int64], chosen: frozenset[int]) -> Members:
    return np.isin(ids, np.fromiter(chosen, dtype=np.int64, count=len(chosen)))
