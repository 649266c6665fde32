"""What the neighbours of a face are labeled, among faces that a network describes alike."""

import numpy as np
from numpy.typing import NDArray

from db.enums import EMOTIONS

NEIGHBOURS = 20
BLOCK = 512  # faces compared with all known ones at a time: 26,000 take 55 MB


def neighbour_shares(
    features: NDArray[np.floating],
    known: NDArray[np.floating],
    known_labels: NDArray[np.int64],
    *,
    k: int = NEIGHBOURS,
) -> NDArray[np.float32]:
    """Return which share of each face's nearest known faces has each label.

    Near are rows with a large cosine. Where fewer than `k` faces are known, all are counted.

    Args:
        features: Shape (n, d). What a network's last layer gets of the faces to judge.
        known: Shape (m, d), m at least 1. The same of the faces it was trained on.
        known_labels: int64, shape (m,). Their labels, index into `db.enums.EMOTIONS`.
        k: How many neighbours count.

    Returns:
        float32, shape (n, 7), 0..1, rows sum to 1.
    """
    targets = _unit_rows(known).T
    k = min(k, len(known))
    shares = np.empty((len(features), len(EMOTIONS)), dtype=np.float32)
    for start in range(0, len(features), BLOCK):
        cosines = _unit_rows(features[start : start + BLOCK]) @ targets
        nearest = known_labels[np.argpartition(-cosines, k - 1, axis=1)[:, :k]]
        for label in range(len(EMOTIONS)):
            shares[start : start + BLOCK, label] = (nearest == label).mean(axis=1)
    return shares


def _unit_rows(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return rows of length 1 as float32; a row of zeros stays one."""
    rows = features.astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = rows / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit
