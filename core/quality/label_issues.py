"""Label issues: labels that networks disagree with which never saw the face or a copy of it."""

from dataclasses import dataclass

import numpy as np
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray

from core.errors import InSampleError


@dataclass(frozen=True, kw_only=True)
class OutOfFold:
    """What each face was taken for, with the proof that its judge had not seen it.

    Attributes:
        image_ids: int64, shape (n,). The ids in the workspace.
        labels: int64, shape (n,). Index into `db.enums.EMOTIONS`, as the networks were taught.
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


@dataclass(frozen=True, kw_only=True)
class LabelIssues:
    """How well each label fits, in the order of the faces.

    Attributes:
        image_ids: int64, shape (n,). The ids in the workspace.
        labels: int64, shape (n,). The labels that were judged.
        suggested: int64, shape (n,). The most probable other emotion.
        scores: float64, shape (n,), 0 surely wrong to 1 surely right.
    """

    image_ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    suggested: NDArray[np.int64]
    scores: NDArray[np.float64]


def label_issues(judged: OutOfFold) -> LabelIssues:
    """Return a score and a suggestion for every label.

    The score is the normalized margin: half of 1 plus the probability of the label minus that of
    the most probable other emotion (Northcutt et al. 2021, as cleanlab computes it).

    Raises:
        InSampleError: If a face was judged by a network that had seen it or a copy of it.
    """
    refuse_in_sample(judged)
    probabilities = judged.probabilities.astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)  # float32 may sum to 1 + 1e-7
    others = probabilities.copy()
    others[np.arange(len(others)), judged.labels] = -1.0
    scores = get_label_quality_scores(judged.labels, probabilities, method="normalized_margin")
    return LabelIssues(
        image_ids=judged.image_ids,
        labels=judged.labels,
        suggested=others.argmax(axis=1),
        scores=np.asarray(scores, dtype=np.float64),
    )


def refuse_in_sample(judged: OutOfFold) -> None:
    """Check that no face was judged by a network that had seen it or a copy of it.

    A network knows the labels it was taught, the wrong ones too, so it would find none of them.

    Raises:
        InSampleError: If one was, or if it is not known which network judged it.
    """
    is_known = (judged.folds >= 0) & (judged.folds < len(judged.seen_groups))
    n_seen = int((~is_known).sum())
    for fold, seen in enumerate(judged.seen_groups):
        n_seen += int(np.isin(judged.groups[judged.folds == fold], seen).sum())
    if n_seen:
        raise InSampleError(n_seen, len(judged.groups))
