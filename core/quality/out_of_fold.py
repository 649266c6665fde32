"""Judgements of labels with the proof that no judge had seen the face or a copy of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InSampleError


@dataclass(frozen=True, kw_only=True)
class OutOfFold:
    """What each face was taken for, with the proof that its judge had not seen it.

    Attributes:
        image_ids: int64, shape (n,). The ids in the workspace.
        labels: int64, shape (n,). Index into `db.enums.EMOTIONS`: the labels to judge.
        groups: int64, shape (n,). Equal numbers mark pixel-identical faces.
        folds: int64, shape (n,). Which network judged the face, an index into `seen_groups`.
        seen_groups: For each network, int64, shape (m,): the groups that it was trained on or
            that chose its epoch.
        probabilities: float32, shape (n, 7), rows sum to 1.
    """

    image_ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    folds: NDArray[np.int64]
    seen_groups: tuple[NDArray[np.int64], ...]
    probabilities: NDArray[np.float32]


def is_in_sample(judged: OutOfFold) -> NDArray[np.bool_]:
    """Return whose judge had seen the face or a copy of it, or is unknown; bool, shape (n,)."""
    known = (judged.folds >= 0) & (judged.folds < len(judged.seen_groups))
    in_sample: NDArray[np.bool_] = ~known
    for fold, seen in enumerate(judged.seen_groups):
        in_sample |= (judged.folds == fold) & np.isin(judged.groups, seen)
    return in_sample


def refuse_in_sample(judged: OutOfFold) -> None:
    """Check that no face was judged by a network that had seen it or a copy of it.

    A network knows the labels it was taught, the wrong ones too, so it would find none of them.

    Raises:
        InSampleError: If one was, or if it is not known which network judged it.
    """
    n_seen = int(is_in_sample(judged).sum())
    if n_seen:
        raise InSampleError(n_seen, len(judged.groups))


def without_in_sample(judged: OutOfFold) -> OutOfFold:
    """Return the judgements of those faces only whose judge had seen neither them nor a copy.

    Raises:
        InSampleError: If that leaves none.
    """
    left = ~is_in_sample(judged)
    if not left.any():
        raise InSampleError(len(left), len(left))
    return OutOfFold(
        image_ids=judged.image_ids[left],
        labels=judged.labels[left],
        groups=judged.groups[left],
        folds=judged.folds[left],
        seen_groups=judged.seen_groups,
        probabilities=judged.probabilities[left],
    )
