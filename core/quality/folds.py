"""Folds for cross-validation: every face held back once, pixel-identical faces always together."""

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, EmptySetError
from core.images.faces import FaceSet
from core.quality.partition import Partition, hold_out
from db.enums import Split


def fold_numbers(
    labels: NDArray[np.int64], groups: NDArray[np.int64], *, folds: int, seed: int
) -> NDArray[np.int64]:
    """Return which fold each face is held back in, int64, shape (n,), 0 to folds - 1.

    The groups of each emotion are dealt out in turn after shuffling, so that folds differ by at
    most one group in all and in each emotion. A group counts for the emotion of its first face.
    scikit-learn's StratifiedGroupKFold balances images in place of groups, but takes 5 s for
    FER2013's 34,000 groups and warns where an emotion has fewer images than there are folds.

    Args:
        labels: int64, shape (n,). Index into `db.enums.EMOTIONS`.
        groups: int64, shape (n,). Equal numbers mark pixel-identical faces.
        folds: How many, at least 2.
        seed: Which groups go where.

    Raises:
        ConfigError: If there are fewer than 2 folds or fewer groups than folds.
    """
    _, first, group_of = np.unique(groups, return_index=True, return_inverse=True)
    if not 2 <= folds <= len(first):
        raise ConfigError(
            f"{folds} folds do not fit {len(first)} different faces; give at least 2 folds and "
            "at most one for each face."
        )
    shuffled = np.random.default_rng(seed).permutation(len(first))
    in_turn = shuffled[np.argsort(labels[first][shuffled], kind="stable")]
    fold_of_group = np.empty(len(first), dtype=np.int64)
    fold_of_group[in_turn] = np.arange(len(first)) % folds
    return fold_of_group[group_of]


def fold_partition(
    faces: FaceSet, numbers: NDArray[np.int64], fold: int, *, validation_share: float, seed: int
) -> Partition:
    """Return who is trained on, chooses the epoch and is tested while `fold` is held back.

    The splits that the faces came with play no part: the test part holds faces of all of them, so
    its `test_split` says nothing. No test face has a twin among the others.

    Raises:
        EmptySetError: If too few faces are left to train on or to choose the epoch with.
    """
    rest = np.flatnonzero(numbers != fold)
    held = hold_out(faces.labels[rest], faces.groups[rest], validation_share, seed)
    test = np.flatnonzero(numbers == fold)
    if held.all() or not held.any():
        raise EmptySetError(
            f"{len(rest)} faces are too few to train a fold on; label issues need at least two "
            "different faces of an emotion in each fold."
        )
    everyone = np.ones(len(test), dtype=np.bool_)
    return Partition(rest[~held], rest[held], test, Split.TEST, everyone)
