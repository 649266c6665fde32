"""How well predictions agree with labels, overall and per emotion."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import EmptySetError
from db.enums import EMOTIONS, Emotion

N_CLASSES = len(EMOTIONS)


@dataclass(frozen=True)
class ClassScore:
    """One emotion's figures, each 0..1; one with nothing to divide by is 0.

    Attributes:
        n: Faces truly of the emotion.
        n_predicted: Faces called this emotion.
        accuracy: Share of those that were recognised (the recall of the class).
        precision: Share of the faces called this emotion that truly are.
        f1: Harmonic mean of the two.
    """

    n: int
    n_predicted: int
    accuracy: float
    precision: float
    f1: float


@dataclass(frozen=True)
class Scores:
    """The figures of one set of predictions, shares 0..1.

    Attributes:
        n: Faces.
        accuracy: Share predicted right.
        weighted_f1: Mean of the classes' F1, each weighted by its number of faces.
        macro_f1: Plain mean of F1 over the classes that occur, in labels or predictions.
        per_class: Every emotion in the usual order, also those without faces.
        confusion: int64, shape (7, 7). Counts, rows true emotions, columns predicted.
    """

    n: int
    accuracy: float
    weighted_f1: float
    macro_f1: float
    per_class: Mapping[Emotion, ClassScore]
    confusion: NDArray[np.int64]


def score(labels: NDArray[np.int64], predicted: NDArray[np.int64]) -> Scores:
    """Score predictions against labels, as scikit-learn does with `zero_division=0`.

    Args:
        labels: int64, shape (n,). Index into `EMOTIONS`.
        predicted: int64, shape (n,). Likewise.

    Raises:
        EmptySetError: If there is nothing to score.
        ValueError: If the shapes differ or a value is outside 0..6.
    """
    if labels.shape != predicted.shape or labels.ndim != 1:
        raise ValueError(f"labels have shape {labels.shape}, predictions {predicted.shape}")
    if not len(labels):
        raise EmptySetError("There are no predictions to score; test on a set that holds images.")
    matrix = confusion(labels, predicted)
    hits, truly, called = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    recall, precision = _ratio(hits, truly), _ratio(hits, called)
    f1 = _ratio(2 * hits, truly + called)
    return Scores(
        n=len(labels),
        accuracy=float(hits.sum() / len(labels)),
        weighted_f1=float((f1 * truly).sum() / len(labels)),
        macro_f1=float(f1[truly + called > 0].mean()),
        per_class={
            emotion: ClassScore(
                n=int(truly[k]),
                n_predicted=int(called[k]),
                accuracy=float(recall[k]),
                precision=float(precision[k]),
                f1=float(f1[k]),
            )
            for k, emotion in enumerate(EMOTIONS)
        },
        confusion=matrix,
    )


def confusion(labels: NDArray[np.int64], predicted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the counts, int64, shape (7, 7): rows true emotions, columns predicted ones."""
    both = np.concatenate([labels, predicted])
    if both.min(initial=0) < 0 or both.max(initial=0) >= N_CLASSES:
        raise ValueError(f"classes must lie in 0..{N_CLASSES - 1}, got {both.min()}..{both.max()}")
    counts = np.bincount(labels * N_CLASSES + predicted, minlength=N_CLASSES**2)
    return counts.reshape(N_CLASSES, N_CLASSES).astype(np.int64)


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return part / whole, float64, and 0 where whole is 0."""
    zeros = np.zeros(len(part), dtype=np.float64)
    return np.divide(part, whole, out=zeros, where=whole > 0)
