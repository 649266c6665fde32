"""Slices of a run's test images: by tag, by what annotators did with them, by leakage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.services.answers import Answers, answers_of
from core.services.experiments import find_run
from core.services.results import predictions
from core.workspace import Workspace
from db.enums import Mask
from db.repositories import datasets, standings, versions, votes
from db.rows import RunRow

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
    """Ids of a version's test images that were relabeled or judged; the tags of those with any."""

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
    image_ids, leak_free = rows["image_id"].to_numpy(), rows["leak_free"].to_numpy(dtype=bool)
    return members_of(image_ids, leak_free, version_slices(workspace, version_id))


def version_slices(workspace: Workspace, version_id: int) -> VersionSlices:
    """Return what a version's test images are sliced by, the same for all runs on it."""
    with workspace.reading() as session:
        dataset_id = versions.by_id(session, version_id).dataset_id
        revision = datasets.revision(session, dataset_id)
    return _slices_at(workspace, version_id, revision)


@lru_cache(maxsize=32)
def _slices_at(workspace: Workspace, version_id: int, _revision: int) -> VersionSlices:
    """Return `version_slices`, read once for each revision: judgements go on after a freeze."""
    with workspace.reading() as session:
        relabeled = standings.relabeled_in(session, version_id)
        tags = standings.tags_in(session, version_id)
        unity = votes.unity(session, version_id)
    return VersionSlices(
        relabeled=frozenset(relabeled),
        agreed=frozenset(image_id for image_id, is_one in unity.items() if is_one),
        disagreed=frozenset(image_id for image_id, is_one in unity.items() if not is_one),
        tags=tags,
    )


def members_of(
    image_ids: NDArray[np.int64], leak_free: Members, slices: VersionSlices
) -> Mapping[str, Members]:
    """Return which of a version's test images belong to each slice, as `slice_members` does."""
    is_relabeled = _flags(image_ids, slices.relabeled)
    found: dict[str, Members] = {
        ImageSlice.ALL: np.ones(len(image_ids), dtype=bool),
        ImageSlice.LEAK_FREE: leak_free,
        ImageSlice.LEAKED: ~leak_free,
        ImageSlice.RELABELED: is_relabeled,
        ImageSlice.UNCHANGED: ~is_relabeled,
        ImageSlice.AGREED: _flags(image_ids, slices.agreed),
        ImageSlice.DISAGREED: _flags(image_ids, slices.disagreed),
    }
    return found | _tagged(image_ids, slices.tags)


def answers_in(
    workspace: Workspace, runs: Sequence[RunRow], slice_name: str, test_mask: Mask | None = None
) -> list[Answers | None]:
    """Return what each run said of its test images in a slice; None where it was not tested.

    Empty where the slice has none of a run's images, or the run's version has no such tag.
    """
    found = [answers_of(workspace, run, test_mask) for run in runs]
    if slice_name == ImageSlice.ALL:
        return found
    if slice_name in (ImageSlice.LEAK_FREE, ImageSlice.LEAKED):
        is_free = slice_name == ImageSlice.LEAK_FREE
        return [one and one.among(one.leak_free == is_free) for one in found]
    version_ids = {run.version_id for run in runs}
    slices = {one: version_slices(workspace, one) for one in version_ids}
    chosen: dict[tuple[int, int], Members] = {}  # runs on one version share their images
    for run, one in zip(runs, found, strict=True):
        key = (run.version_id, id(one and one.image_ids))
        if one is not None and key not in chosen:
            members = members_of(one.image_ids, one.leak_free, slices[run.version_id])
            chosen[key] = members.get(slice_name, np.zeros(len(one.image_ids), dtype=bool))
    return [
        one and one.among(chosen[run.version_id, id(one.image_ids)])
        for run, one in zip(runs, found, strict=True)
    ]


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
