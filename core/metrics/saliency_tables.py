"""Every map scored against every human map at once: what all further figures are read from.

Maps are rows here: float, shape (k, n_places), one for each of the same k emotions. A score with
the mean over emotions removed compares what is special to an emotion. Human maps of different
emotions share much (eyes and mouth), so that without it a map of any emotion scores well. Every map
is brought to mean 0 and spread 1 first, so that each emotion weighs the same in the mean.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics import saliency

Rows = NDArray[np.floating]
Table = NDArray[np.float64]
"""float64, shape (k, k): rows are networks' emotions, columns people's; NaN where not defined."""

_FLAT = 1e-6  # a spread this much smaller than the values is rounding, of float32 too


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreTables:
    """Five scores of each network map (row) with each human map (column).

    Attributes:
        correlation: CC, -1..1.
        similarity: SIM, 0..1.
        kl: KL, 0 (alike) upwards.
        auc: AUC-Judd, 0..1, 0.5 by chance.
        enrichment: Density where the column's action units show: 1 by chance. With the mean over
            emotions removed it is the density there less that of the mean map, 0 by chance.
    """

    correlation: Table
    similarity: Table
    kl: Table
    auc: Table
    enrichment: Table


def standardised(maps: Rows) -> Rows:
    """Return maps less their mean, divided by their norm; NaN where a map is the same everywhere.

    Args:
        maps: Float, shape (..., n_places).

    Returns:
        The same kind and shape.
    """
    centred = maps - maps.mean(axis=-1, keepdims=True)
    norms = np.linalg.norm(centred, axis=-1, keepdims=True)
    sizes = np.linalg.norm(maps, axis=-1, keepdims=True)
    is_flat = norms <= _FLAT * sizes
    return np.asarray(np.where(is_flat, np.nan, centred / np.where(is_flat, 1, norms)), maps.dtype)


def without_mean(maps: Rows) -> Rows:
    """Return standardised maps less their mean over emotions.

    Args:
        maps: Float, shape (..., k, n_places).

    Returns:
        The same kind and shape. NaN where a map is the same everywhere, or is the mean.
    """
    unit = standardised(maps)
    special = unit - unit.mean(axis=-2, keepdims=True)
    is_mean = np.linalg.norm(special, axis=-1, keepdims=True) <= _FLAT
    return np.asarray(np.where(is_mean, np.nan, special), maps.dtype)


def correlations(maps: Rows, humans: Rows) -> NDArray[np.float64]:
    """Return CC of each map with each human map.

    Args:
        maps: Float, shape (..., k, n_places).
        humans: Float, shape (k, n_places).

    Returns:
        float64, shape (..., k, k), -1..1; NaN where one of the two is the same everywhere.
    """
    product = standardised(maps) @ standardised(humans).T.astype(maps.dtype)
    return np.clip(product.astype(np.float64), -1.0, 1.0)


def score_tables(maps: Rows, humans: Rows, areas: NDArray[np.bool_]) -> ScoreTables:
    """Return all scores of maps as they are.

    Args:
        maps: Float, shape (k, n_places), no value below 0.
        humans: Float, shape (k, n_places). What is below 0 counts as 0 where a score needs shares
            (similarity, divergence).
        areas: bool, shape (k, n_places). Where each emotion's action units show.
    """
    return _tables(maps, humans, _each(saliency.enrichment, maps, areas), for_kl=maps)


def tables_without_mean(maps: Rows, humans: Rows, areas: NDArray[np.bool_]) -> ScoreTables:
    """Return all scores of maps less their mean over emotions, human ones alike.

    For similarity, what is below the mean counts as 0. KL asks how much the network's map, raised
    until its lowest place is 0, misses of where people look more than in the mean: with half of the
    network's places at 0 it would count little else than these. Arguments as `score_tables`.
    """
    densities = maps / np.maximum(maps.mean(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    enrichment = _each(_mean_inside, densities - densities.mean(axis=0), areas)
    special = without_mean(maps)
    raised = special - special.min(axis=1, keepdims=True)
    return _tables(special, without_mean(humans), enrichment, for_kl=raised)


def _tables(maps: Rows, humans: Rows, enrichment: Table, *, for_kl: Rows) -> ScoreTables:
    above, shares = np.maximum(maps, 0), np.maximum(humans, 0)  # NaN stays NaN
    fixated = np.array([saliency.looked_at(human) for human in humans])
    return ScoreTables(
        correlation=correlations(maps, humans),
        similarity=_each(saliency.similarity, above, shares),
        kl=_each(saliency.divergence, for_kl, shares),
        auc=saliency.areas_under_curve(maps, fixated),
        enrichment=enrichment,
    )


def _each(score: Callable[..., float], maps: Rows, others: NDArray[np.generic]) -> Table:
    """Return a score of every map with every other: float64, shape (n_maps, n_others)."""
    rows = [[score(one, other) for other in others] for one in maps]
    return np.array(rows, dtype=np.float64).reshape(len(maps), len(others))


def _mean_inside(values: Rows, area: NDArray[np.bool_]) -> float:
    return float(values[area].mean()) if area.any() else float("nan")
