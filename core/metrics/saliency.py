"""How alike two saliency maps are.

Definitions as in Bylinskii, Judd, Oliva, Torralba & Durand 2018, "What do different evaluation
metrics tell us about saliency models?" (arXiv 1604.03605, IEEE TPAMI 41:740), where not said
otherwise.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

EPSILON = float(np.finfo(np.float64).eps)  # as the MIT saliency benchmark regularises KL
LOOKED_AT_SHARE = 0.2  # of the places: the part of a continuous human map that counts as fixated

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


def divergence(network: Map, human: Map) -> float:
    """Return how much a network's map misses of the human one: KL, 0 (nothing) upwards, in nats.

    KL is the sum over pixels of H * log(e + H / (e + S)), each map divided by its sum first, e
    being the machine's epsilon; it punishes places that people look at and the network does not.

    Args:
        network: S. Float, any shape, no value below 0.
        human: H. Float, the same shape, no value below 0.

    Returns:
        0 for maps equal up to a factor. NaN where a map is zero everywhere or holds a NaN.

    Raises:
        ValueError: If the shapes differ or a value is negative.
    """
    _same_shape(network, human)
    if network.min() < 0 or human.min() < 0:
        raise ValueError("divergence needs maps without negative values")
    if not (network.any() and human.any()):
        return math.nan
    s, h = _to_sum_one(network), _to_sum_one(human)
    missed = float((h * np.log(EPSILON + h / (EPSILON + s))).sum())
    return 0.0 if missed < 0 else missed  # of equal maps it rounds below 0; a NaN stays one


def looked_at(human: Map) -> NDArray[np.bool_]:
    """Return the places that count as fixated: the top fifth of a human map; bool, its shape.

    They are more where many share the threshold's value and fewer where less than a fifth rises
    above the lowest value; of a constant map it is none.
    """
    threshold = np.quantile(human, 1 - LOOKED_AT_SHARE)
    return np.asarray((human >= threshold) & (human > human.min()), dtype=np.bool_)


def areas_under_curve(
    networks: NDArray[np.floating], positives: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return AUC-Judd of networks' maps for the places that people look at, 0..1.

    The area under the curve of true against false positives as the threshold falls: the chance
    that a place people look at has a higher value than one they do not, equal values counting
    half. Judd, Ehinger, Durand & Torralba 2009 (ICCV) break ties by noise instead and put
    thresholds at fixated values only, which comes to the same for many pixels.

    Args:
        networks: Float, shape (n_maps, n_places).
        positives: bool, shape (n_humans, n_places), each row as `looked_at` returns it.

    Returns:
        float64, shape (n_maps, n_humans). 1 where all positives are above all others, 0.5 for a
        constant map. NaN where the positives are none or all, or the map holds a NaN.
    """
    ranks = rankdata(networks, axis=1)
    n = positives.sum(axis=1).astype(np.float64)
    n_pairs = n * (positives.shape[1] - n)
    in_order = ranks @ positives.T.astype(np.float64) - n * (n + 1) / 2
    return np.asarray(in_order / np.where(n_pairs > 0, n_pairs, np.nan), dtype=np.float64)


def enrichment(density: Map, area: NDArray[np.bool_]) -> float:
    """Return the mean density inside an area beside that of the whole map, 0 upwards.

    The energy-based pointing game (Wang et al. 2020, Score-CAM, arXiv 1910.01279), the share of a
    map's mass inside an area, divided by the share of the places that the area has: 1 is chance.

    Args:
        density: Float, any shape, no value below 0.
        area: bool, the same shape: where an emotion's action units show.

    Returns:
        NaN where the area has no place or the map is zero everywhere.

    Raises:
        ValueError: If the shapes differ.
    """
    _same_shape(density, area)
    whole = float(density.mean())
    if not area.any() or whole == 0:
        return math.nan
    return float(density[area].mean()) / whole


def _centred(values: Map) -> NDArray[np.float64]:
    """Return the map scaled to at most 1 (no under- or overflow later) minus its mean, float64."""
    scaled = values.astype(np.float64) / float(np.abs(values).max())
    return np.asarray(scaled - scaled.mean(), dtype=np.float64)


def _to_sum_one(values: Map) -> NDArray[np.float64]:
    """Return the map divided by its sum, float64."""
    scaled = values.astype(np.float64) / float(values.max())
    return np.asarray(scaled / scaled.sum(), dtype=np.float64)


def _same_shape(first: Map, second: Map | NDArray[np.bool_]) -> None:
    """Refuse maps of different shapes."""
    if first.shape != second.shape:
        raise ValueError(f"maps differ in shape: {first.shape} and {second.shape}")
