"""How alike two saliency maps are.

Definitions as in Bylinskii, Judd, Oliva, Torralba & Durand 2018, "What do different evaluation
metrics tell us about saliency models?" (arXiv 1604.03605, IEEE TPAMI 41:740).
"""

import math

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.floating]


def correlation(first: Map, second: Map) -> float:
    """Return the linear correlation CC of two maps, -1..1: cov(P, Q) / (sd(P) * sd(Q)).

    Args:
        first: Float, any shape.
        second: Float, the same shape.

    Returns:
        1 where one map is a rising linear function of the other. NaN where a map is constant or
        holds a NaN: CC is not defined there.

    Raises:
        ValueError: If the shapes differ.
    """
    _same_shape(first, second)
    if np.ptp(first) == 0 or np.ptp(second) == 0:  # asked exactly: a mean of equal values rounds
        return math.nan
    p, q = _centred(first), _centred(second)
    norms = float(np.linalg.norm(p)) * float(np.linalg.norm(q))
    if norms == 0:  # values that differ by less than a float64 can hold beside their size
        return math.nan
    return float(np.clip((p * q).sum() / norms, -1.0, 1.0))


def similarity(first: Map, second: Map) -> float:
    """Return the similarity SIM (histogram intersection) of two maps, 0..1.

    SIM is the sum over pixels of min(P, Q), each map divided by its sum first.

    Args:
        first: Float, any shape, no value below 0.
        second: Float, the same shape, no value below 0.

    Returns:
        1 for maps equal up to a factor, 0 for maps that nowhere overlap. NaN where a map is zero
        everywhere or holds a NaN: SIM is not defined there.

    Raises:
        ValueError: If the shapes differ or a value is negative.
    """
    _same_shape(first, second)
    if first.min() < 0 or second.min() < 0:
        raise ValueError("similarity needs maps without negative values")
    if not (first.any() and second.any()):
        return math.nan
    return float(np.minimum(_to_sum_one(first), _to_sum_one(second)).sum())


def _centred(values: Map) -> NDArray[np.float64]:
    """Return the map scaled to at most 1 (no under- or overflow later) minus its mean, float64."""
    scaled = values.astype(np.float64) / float(np.abs(values).max())
    return np.asarray(scaled - scaled.mean(), dtype=np.float64)


def _to_sum_one(values: Map) -> NDArray[np.float64]:
    """Return the map divided by its sum, float64."""
    scaled = values.astype(np.float64) / float(values.max())
    return np.asarray(scaled / scaled.sum(), dtype=np.float64)


def _same_shape(first: Map, second: Map) -> None:
    """Refuse maps of different shapes."""
    if first.shape != second.shape:
        raise ValueError(f"maps differ in shape: {first.shape} and {second.shape}")
