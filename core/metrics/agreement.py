"""How far people agree beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha.

All are 1 where everybody agrees, 0 where people agree as often as chance would have it, and
below 0 where they agree less. None stands for a figure that is not defined: nobody judged the
same face, or only one emotion was ever named, so that chance alone would make them agree.
"""

from dataclasses import dataclass

import krippendorff
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa

from db.enums import EMOTIONS

N_CLASSES = len(EMOTIONS)


@dataclass(frozen=True)
class Agreement:
    """A coefficient of agreement and on how many faces it rests; None where it is not defined."""

    value: float | None
    n: int


def cohen(first: NDArray[np.int8], second: NDArray[np.int8]) -> Agreement:
    """Return Cohen's kappa of two annotators on the faces that both judged.

    Args:
        first: int8, shape (n_faces,). Index into `EMOTIONS`, -1 where there is no judgement.
        second: int8, shape (n_faces,). Likewise.
    """
    both = (first >= 0) & (second >= 0)
    table = np.bincount(
        first[both].astype(np.int64) * N_CLASSES + second[both], minlength=N_CLASSES**2
    )
    return Agreement(_kappa(table.reshape(N_CLASSES, N_CLASSES)), int(both.sum()))


def fleiss(counts: NDArray[np.int64]) -> Agreement:
    """Return Fleiss' kappa, which does not ask who gave which judgement.

    It needs as many judgements of every face, so it rests on the faces with the most frequent
    number of judgements (two or more).

    Args:
        counts: int64, shape (n_faces, n_categories). Judgements of each face for each category.
    """
    sums = counts.sum(axis=1)
    judged = np.bincount(sums[sums >= 2])
    if not len(judged):
        return Agreement(None, 0)
    same = counts[sums == np.argmax(judged)]
    is_defined = (same.sum(axis=0) > 0).sum() > 1
    return Agreement(float(fleiss_kappa(same)) if is_defined else None, len(same))


def krippendorff_alpha(counts: NDArray[np.int64]) -> Agreement:
    """Return Krippendorff's nominal alpha over all faces with two judgements or more.

    Args:
        counts: int64, shape (n_faces, n_categories). Judgements of each face for each category.
    """
    shared = counts[counts.sum(axis=1) >= 2]
    if (shared.sum(axis=0) > 0).sum() < 2:
        return Agreement(None, len(shared))
    alpha = krippendorff.alpha(value_counts=shared, level_of_measurement="nominal")
    return Agreement(float(alpha), len(shared))


def between(first: NDArray[np.int64], second: NDArray[np.int64]) -> Agreement:
    """Return the kappa of two groups: Cohen's, over all pairs of one annotator of each.

    A face counts as often as there are such pairs; `n` is the number of faces.

    Args:
        first: int64, shape (n_faces, 7). The first group's judgements of each face.
        second: int64, shape (n_faces, 7). The second group's.
    """
    n = int(((first.sum(axis=1) > 0) & (second.sum(axis=1) > 0)).sum())
    return Agreement(_kappa(first.T @ second), n)


def within(counts: NDArray[np.int64]) -> Agreement:
    """Return the kappa of a group with itself, over all pairs of two different annotators in it.

    It is `between` with each pair taken both ways, so the figures can be compared.

    Args:
        counts: int64, shape (n_faces, 7). The group's judgements of each face.
    """
    table = counts.T @ counts - np.diag(counts.sum(axis=0))  # nobody is a pair with themselves
    return Agreement(_kappa(table), int((counts.sum(axis=1) >= 2).sum()))


def one_against_rest(counts: NDArray[np.int64], category: int) -> NDArray[np.int64]:
    """Return the counts for a category and for all others, int64, shape (n_faces, 2)."""
    chosen = counts[:, category]
    return np.stack([chosen, counts.sum(axis=1) - chosen], axis=1)


def count_table(codes: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return how many annotators named each emotion, int64, shape (n_faces, 7).

    Args:
        codes: int8, shape (n_faces, n_annotators). Index into `EMOTIONS`, -1 for no judgement.
    """
    return np.stack([(codes == k).sum(axis=1) for k in range(N_CLASSES)], axis=1).astype(np.int64)


def _kappa(table: NDArray[np.int64]) -> float | None:
    """Return Cohen's kappa of a table of pairs, rows the first's emotions, columns the second's."""
    n = table.sum()
    expected = (table.sum(axis=0) * table.sum(axis=1)).sum()
    if not n or expected == n**2:
        return None
    first, second = np.divmod(np.arange(N_CLASSES**2), N_CLASSES)
    return float(cohen_kappa_score(first, second, sample_weight=table.ravel()))
