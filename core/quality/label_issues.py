"""Label issues: labels that networks disagree with which never saw the face or a copy of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray

from core.quality.out_of_fold import OutOfFold, refuse_in_sample


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


def label_issues(rounds: Sequence[OutOfFold]) -> LabelIssues:
    """Return a score and a suggestion for every label.

    The score is the normalized margin: half of 1 plus the probability of the label minus that of
    the most probable other emotion (Northcutt et al. 2021, as cleanlab computes it).

    Args:
        rounds: One or more judgements of the same faces in the same order; probabilities are
            their means.

    Raises:
        InSampleError: If a face was judged by a network that had seen it or a copy of it.
    """
    for one in rounds:
        refuse_in_sample(one)
    judged = rounds[0]
    probabilities = np.mean([one.probabilities for one in rounds], axis=0, dtype=np.float64)
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
