"""The orders of queues that no index gives: kept in memory, as they rest on what never changes."""

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from core.services import results
from core.services.following import EventFollower
from core.services.outcomes import PREDICTIONS_NAME
from core.services.queue_specs import QueueKind, QueueSpec
from core.services.slicing import ImageSlice, slice_members
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Mask
from db.repositories import queues as stored

Ids: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

_KEPT_ORDERS = 32


def listed(workspace: Workspace, dataset_id: int, spec: QueueSpec) -> Ids:
    """Return the ids of a queue in its order, int64, shape (n,), filters not applied yet.

    Raises:
        UnknownRunError: If the run that disagrees does not exist.
        NotReadyError: If it has no predictions under the queue's test mask.
    """
    if spec.kind is QueueKind.MODEL_DISAGREES:
        return _doubted(workspace, spec)
    if spec.kind is QueueKind.ANNOTATORS_DISAGREE:
        return _opinions(workspace, dataset_id).disputed()
    with workspace.reading() as session:
        last_id = stored.last_id(session, dataset_id)
    if spec.kind is QueueKind.UNLABELED:
        labeled = _opinions(workspace, dataset_id).labeled()
        every = _every(workspace, dataset_id, last_id)
        unlabeled: Ids = every[~np.isin(every, labeled)]
        return unlabeled
    if spec.kind is QueueKind.RANDOM:
        return _shuffled(workspace, dataset_id, last_id, spec.seed or 0)
    return np.fromiter(_copies(workspace, dataset_id, last_id), dtype=np.int64)


@lru_cache(maxsize=_KEPT_ORDERS)
def _every(workspace: Workspace, dataset_id: int, last_id: int) -> Ids:
    """Return all images by id; `last_id` is there so that new ones are found."""
    with workspace.reading() as session:
        return np.array(stored.all_ids(session, dataset_id), dtype=np.int64)


@lru_cache(maxsize=_KEPT_ORDERS)
def _shuffled(workspace: Workspace, dataset_id: int, last_id: int, seed: int) -> Ids:
    """Return all images by a keyed hash of their id: images added later move no other."""
    ids = _every(workspace, dataset_id, last_id)
    shuffled: Ids = ids[np.lexsort((ids, _mixed(ids.astype(np.uint64), seed)))]
    return shuffled


def _mixed(numbers: np.ndarray, seed: int) -> np.ndarray:
    """Return SplitMix64 (Steele, Lea and Flood, 2014) of each number, uint64, by seed."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    start = _scrambled(np.array([seed], dtype=np.uint64) * golden + golden)
    mixed: np.ndarray = numbers * golden + start
    return _scrambled(mixed)


def _scrambled(numbers: np.ndarray) -> np.ndarray:
    mixed: np.ndarray = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


@lru_cache(maxsize=_KEPT_ORDERS)
def _copies(workspace: Workspace, dataset_id: int, last_id: int) -> dict[int, str]:
    """Return the pixel hash of each image that has a twin, in the queue's order."""
    with workspace.reading() as session:
        return dict(stored.copies(session, dataset_id))


@lru_cache(maxsize=_KEPT_ORDERS)
def conflicting(workspace: Workspace, dataset_id: int, revision: int) -> frozenset[int]:
    """Return the kept images that have a kept twin with another label, at a revision."""
    with workspace.reading() as session:
        copies = _copies(workspace, dataset_id, stored.last_id(session, dataset_id))
        labels = stored.kept_labels(session, list(copies))
    seen: dict[str, set[Emotion]] = {}
    for image_id, label in labels.items():
        seen.setdefault(copies[image_id], set()).add(label)
    return frozenset(image_id for image_id in labels if len(seen[copies[image_id]]) > 1)


def _doubted(workspace: Workspace, spec: QueueSpec) -> Ids:
    """Return the images that a run takes for something else, the surest first."""
    if spec.run is None:
        raise AssertionError("a queue of doubted labels names its run")
    path = workspace.run_dir(spec.run) / PREDICTIONS_NAME
    written = path.stat().st_mtime_ns if path.exists() else 0
    rows = _doubts(workspace, spec.run, spec.test_mask, spec.slice_name, written)
    if spec.true is not None:
        rows = rows[rows["label"] == spec.true.value]
    if spec.predicted is not None:
        rows = rows[rows["predicted"] == spec.predicted.value]
    ids: Ids = rows["image_id"].to_numpy(dtype=np.int64)
    return ids


@lru_cache(maxsize=_KEPT_ORDERS)
def _doubts(
    workspace: Workspace,
    run_id: int,
    test_mask: Mask | None,
    slice_name: ImageSlice | None,
    written: int,
) -> pd.DataFrame:
    rows = results.predictions(workspace, run_id, test_mask=test_mask)
    is_doubted = (rows["label"] != rows["predicted"]).to_numpy()
    if slice_name is not None:
        is_doubted = is_doubted & slice_members(workspace, run_id, test_mask=test_mask)[slice_name]
    rows = rows[is_doubted]
    chances = rows[[f"p_{emotion.value}" for emotion in EMOTIONS]].to_numpy(dtype=np.float64)
    sure = chances.max(axis=1)  # the predicted emotion is the likeliest one
    return rows.iloc[np.lexsort((rows["image_id"], -sure))].reset_index(drop=True)


class _Opinions(EventFollower):
    """Which images of a data set are labelled, and on which annotators disagree."""

    def __init__(self, workspace: Workspace, dataset_id: int) -> None:
        super().__init__(workspace, dataset_id)
        self._labeled: set[int] = set()
        self._disputed: set[int] = set()

    def labeled(self) -> Ids:
        """Return the ids of images that somebody labelled or confirmed, in no order."""
        with self._up_to_date():
            return np.fromiter(self._labeled, dtype=np.int64)

    def disputed(self) -> Ids:
        """Return the ids of images whose annotators' newest opinions differ, ascending."""
        with self._up_to_date():
            return np.sort(np.fromiter(self._disputed, dtype=np.int64))

    def _look_again(self, session: Session, touched: set[int] | None, since: int) -> None:
        labeled = stored.labeled(session, self._dataset_id, since=since)
        disputed = stored.disagreeing(session, self._dataset_id, since=since)
        self._labeled = labeled if touched is None else (self._labeled - touched) | labeled
        self._disputed = disputed if touched is None else (self._disputed - touched) | disputed


@lru_cache(maxsize=_KEPT_ORDERS)
def _opinions(workspace: Workspace, dataset_id: int) -> _Opinions:
    return _Opinions(workspace, dataset_id)
