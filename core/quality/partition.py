"""Who is trained on, who chooses the epoch, who is tested: split faces without leaking copies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.configs import Protocol, TrainConfig
from core.errors import EmptySetError
from core.images.faces import FaceSet
from db.enums import Split


@dataclass(frozen=True)
class Partition:
    """Index arrays into a face set, each ascending, and what the test part is.

    Attributes:
        train: int64, shape (n_train,). Faces whose gradients are followed.
        validation: int64, shape (n_validation,). Faces that choose the epoch.
        test: int64, shape (n_test,). Faces that the figures are about.
        test_split: The split that the test faces come from.
        leak_free: bool, shape (n_test,). True where no pixel twin was trained on or chosen with.
    """

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    test_split: Split
    leak_free: NDArray[np.bool_]


def partition(
    faces: FaceSet, *, validation_share: float, seed: int, protocol: Protocol = Protocol.HONEST
) -> Partition:
    """Split faces into train, validation and test by the splits they came with.

    Honest: the test faces are split `test` if it has any, else split `validation`. With both
    splits present, `validation` chooses the epoch and all of `train` is trained on. Otherwise a
    share of `train` is held out for that, stratified by emotion, pixel-identical faces together.

    Study: a share of `train` is held out in any case, stratified by emotion only, so that copies
    of a face may be on both sides. The test faces are split `validation` if it has any, as in the
    study, else split `test`.

    Args:
        faces: The frozen set.
        validation_share: Share of `train` to hold out, 0..1; the honest protocol does not with
            three splits.
        seed: Which faces are held out.
        protocol: Which of the two.

    Raises:
        EmptySetError: If there are no faces to train on, choose the epoch with or test on.
    """
    is_study = protocol is Protocol.STUDY
    places = {split: np.flatnonzero(faces.splits == split) for split in Split}
    preferred = (Split.VALIDATION, Split.TEST) if is_study else (Split.TEST, Split.VALIDATION)
    test_split = next((split for split in preferred if len(places[split])), Split.VALIDATION)
    train, validation = places[Split.TRAIN], places[Split.VALIDATION]
    if is_study or test_split is Split.VALIDATION or not len(validation):
        groups = np.arange(len(train)) if is_study else faces.groups[train]
        held = hold_out(faces.labels[train], groups, validation_share, seed)
        train, validation = train[~held], train[held]
    test = places[test_split]
    _require(train, "train on", Split.TRAIN)
    _require(validation, "choose the epoch with", Split.TRAIN)
    _require(test, "test on", Split.VALIDATION)
    seen = faces.groups[np.concatenate([train, validation])]
    return Partition(train, validation, test, test_split, ~np.isin(faces.groups[test], seen))


def partition_of(faces: FaceSet, config: TrainConfig) -> Partition:
    """Return the partition that a run's configuration asks for.

    Raises:
        EmptySetError: If one of the parts has no faces.
    """
    return partition(
        faces,
        validation_share=config.validation_share,
        seed=config.seed,
        protocol=config.protocol,
    )


def hold_out(
    labels: NDArray[np.int64], groups: NDArray[np.int64], share: float, seed: int
) -> NDArray[np.bool_]:
    """Return which faces are held out, bool, shape (n,): whole groups, a share of each emotion.

    A group counts for the emotion of its first face. scikit-learn's StratifiedGroupKFold does the
    same by greedy search, which takes seconds for FER2013's 27,000 groups where this takes none.
    """
    ids, first = np.unique(groups, return_index=True)
    rng = np.random.default_rng(seed)
    held_groups = [
        rng.permutation(of_emotion)[: _share_of(len(of_emotion), share)]
        for emotion in np.unique(labels)
        if len(of_emotion := ids[labels[first] == emotion])
    ]
    return np.isin(groups, np.concatenate(held_groups) if held_groups else [])


def _share_of(n: int, share: float) -> int:
    """Return how many of n groups to hold out: a share, at least one where one stays behind."""
    return max(round(share * n), min(1, n - 1))


def _require(indices: NDArray[np.int64], purpose: str, split: Split) -> None:
    """Refuse a set with no faces for a purpose."""
    if not len(indices):
        raise EmptySetError(
            f"There are no faces to {purpose}; freeze a data set with kept images in the "
            f"{split} split."
        )
