"""How far saliency maps can be trusted: figures from what a network answered.

Deletion and insertion: Petsiuk, Das & Saenko 2018 (BMVC, arXiv 1806.07421). Weight randomisation:
Adebayo et al. 2018 (NeurIPS, arXiv 1810.03292). Sensitivity and infidelity: Yeh et al. 2019
(NeurIPS, arXiv 1901.09392).
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.stats import rankdata

from core.metrics.resampling import N_RESAMPLES, percentile_interval
from core.metrics.saliency import correlation

N_STEPS = 20  # 5 % of the pixels each
FLAG_SPEARMAN = 0.5
"""A method whose maps of a network with random weights correlate more with those of the trained one
than this (Spearman, mean over images) shows the picture, not the network."""

SSIM_SIGMA_PX, SSIM_RADIUS_PX = 1.5, 5  # Wang, Bovik, Sheikh & Simoncelli 2004: 11 x 11 px
SSIM_C1, SSIM_C2 = 0.01**2, 0.03**2  # theirs, for values 0..1

Values = NDArray[np.float64]
Maps = NDArray[np.floating]


class CurveKind(StrEnum):
    """Whether pixels are taken from the face, or put back into a face without any."""

    DELETION = "deletion"
    INSERTION = "insertion"


class Fill(StrEnum):
    """What stands where a pixel is missing."""

    GREY = "grey"
    BLUR = "blur"


class Order(StrEnum):
    """Which pixels come first: the map's highest, the human map's, or any."""

    METHOD = "method"
    HUMAN = "human"
    RANDOM = "random"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean over images with its 95 % bootstrap interval over them."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The probability of the label while pixels are deleted or inserted, mean over images.

    Attributes:
        kind: Deleted or inserted.
        fill: What stands where pixels are missing.
        order: Which pixels come first.
        shares: float64, shape (21,). Share of the pixels deleted or inserted, 0..1.
        mean: float64, shape (21,). Mean probability of the label, 0..1.
        area: Area under it, 0..1: deletion is better low, insertion high.
        gain: By how much the area is better than that of the random order on the same images,
            paired; above 0 is better. None for the random order itself.
    """

    kind: CurveKind
    fill: Fill
    order: Order
    shares: Values
    mean: Values
    area: Estimate
    gain: Estimate | None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure over some images, or why there is none.

    Attributes:
        value: The mean with its interval; None where it was not computed.
        n: Images it is over.
        why: Why there is none; empty where there is one.
    """

    value: Estimate | None
    n: int
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How alike a method's maps stay when layers get random weights, from the output down.

    Attributes:
        share: Share of the layers with random weights, above 0 to 1: the whole network.
        last_layer: The deepest layer that got them.
        spearman: Rank correlation of each map with the trained network's; None where no image
            has both.
        ssim: Structural similarity, the same.
        n: Images with both maps.
    """

    share: float
    last_layer: str
    spearman: Estimate | None
    ssim: Estimate | None
    n: int


@dataclass(frozen=True, kw_only=True)
class Faithfulness:
    """How far a method's maps of a run can be trusted.

    Attributes:
        n_images: Images of the curves and of the randomisation.
        curves: Of each kind, fill and order.
        sensitivity: By how much a map changes at most when each pixel changes by up to 0.02 of
            white, as a share of the map's own norm; 0 is best.
        infidelity: Share of the change in the label's logit, when a square is made grey, that the
            map's mass in the square does not explain, 0..1; 0 is best. Each map at its best scale.
        stages: From the output layer alone to the whole network.
    """

    n_images: int
    curves: tuple[Curve, ...]
    sensitivity: Figure
    infidelity: Figure
    stages: tuple[Stage, ...]

    @property
    def is_flagged(self) -> bool:
        """Whether the maps hardly change when the network forgets all: they show the picture."""
        last = self.stages[-1].spearman
        return last is not None and last.value > FLAG_SPEARMAN

    @property
    def why(self) -> str:
        """The verdict of the randomisation check in one sentence."""
        last = self.stages[-1].spearman
        if last is None:
            return (
                "The network with random weights has no map of any image, so nothing of its "
                "maps can be left over from the picture alone."
            )
        told = f"Spearman {last.value:.2f} on average, {FLAG_SPEARMAN} is the limit"
        if self.is_flagged:
            return (
                "Maps of the same network with random weights look nearly the same "
                f"({told}): they show the picture, not what the network learned."
            )
        return f"Maps change when the network's weights are made random ({told})."


def ranks(maps: Maps, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the place of each pixel in the order of its map, the highest first.

    Args:
        maps: Float, shape (n, rows, columns).
        rng: Decides between pixels that are equal, so that no corner is preferred.

    Returns:
        int64, the same shape; in each map all of 0 to rows * columns - 1.
    """
    flat = maps.reshape(len(maps), -1)
    order = np.lexsort((rng.random(flat.shape), -flat), axis=1)
    return np.argsort(order, axis=1).reshape(maps.shape)


def areas(curves: Maps) -> Values:
    """Return the area under each curve over shares 0..1: float64, shape (n,), for (n, steps)."""
    return np.asarray(np.trapezoid(curves, dx=1 / (curves.shape[1] - 1), axis=1), dtype=np.float64)


def mean_estimate(values: Values, rng: np.random.Generator) -> Estimate | None:
    """Return the mean over images with its bootstrap interval, NaN left out; None without any.

    Args:
        values: Float64, shape (n,). One an image.
        rng: Draws the resamples.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    drawn = known[rng.integers(len(known), size=(N_RESAMPLES, len(known)))].mean(axis=1)
    low, high = percentile_interval(drawn)
    return Estimate(value=float(known.mean()), low=float(low), high=float(high))


def spearman(first: Maps, second: Maps) -> Values:
    """Return the rank correlation of each pair of maps: float64, shape (n,), NaN for a flat map."""
    return np.array(
        [
            correlation(rankdata(one), rankdata(other))
            for one, other in zip(first, second, strict=True)
        ]
    )


def ssim(first: Maps, second: Maps) -> Values:
    """Return the structural similarity of each pair of maps, each divided by its highest value.

    Wang et al. 2004 with their Gaussian window of 11 x 11 pixels and constants, the mean over all
    windows that lie in the map.

    Args:
        first: Float, shape (n, rows, columns), >= 0, more than 10 rows and columns.
        second: Float, the same shape.

    Returns:
        float64, shape (n,), -1..1; NaN where a map is 0 everywhere.
    """
    return np.array([_ssim(one, other) for one, other in zip(first, second, strict=True)])


def _ssim(first: Maps, second: Maps) -> float:
    if not (first.any() and second.any()):
        return math.nan
    x, y = first / float(first.max()), second / float(second.max())
    mean_x, mean_y = _local(x), _local(y)
    var_x, var_y = _local(x * x) - mean_x**2, _local(y * y) - mean_y**2
    both = _local(x * y) - mean_x * mean_y
    light = (2 * mean_x * mean_y + SSIM_C1) / (mean_x**2 + mean_y**2 + SSIM_C1)
    structure = (2 * both + SSIM_C2) / (var_x + var_y + SSIM_C2)
    return float((light * structure).mean())


def _local(values: Maps) -> Values:
    """Return Gaussian means around each pixel whose window lies in the map."""
    blurred = gaussian_filter(
        values.astype(np.float64), SSIM_SIGMA_PX, radius=SSIM_RADIUS_PX, mode="nearest"
    )
    inner = slice(SSIM_RADIUS_PX, -SSIM_RADIUS_PX)
    return np.asarray(blurred[inner, inner], dtype=np.float64)
