"""Does covering a part of the face hurt where saliency says the network looks?

Recall has a side that no saliency explains: a network that calls most covered faces surprised
recalls more surprised ones, and its drop there is below 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from core.configs import own_test_mask
from core.errors import ConfigError, NotReadyError
from core.images.landmarks import template
from core.images.masks import BANDS, LANDMARK, mask_array
from core.maps.built_in import DEFAULT_KEY
from core.maps.canonical import soften
from core.maps.human import HumanMaps
from core.maps.means import mean_map
from core.maps.run_maps import MAP_SIDE, RunMaps
from core.metrics.comparison import mcnemar_p
from core.metrics.resampling import percentile_interval, resampled_drops
from core.services.crossing import masks_tested
from core.services.experiments import find_run
from core.services.human_maps import find
from core.services.results import predictions
from core.services.saliency import run_maps
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Mask, SaliencyMethod

SEED = 0
COVERING = (*BANDS, *LANDMARK)
"""Masks that cover a part which the canonical face has, too; controls cover any place."""


@dataclass(frozen=True, kw_only=True)
class CoveredEmotion:
    """One point of the plot: an emotion under a mask.

    Attributes:
        emotion: Of the test images.
        mask: What was covered.
        n: Test images of the emotion.
        drop: Recall of whole faces less recall of covered ones, -1..1.
        low: Lower end of the 95 % interval of the drop (paired bootstrap over the emotion's
            images).
        high: Upper end.
        p_value: Of McNemar's exact test that both are right equally often.
        network_share: Of what the network looks at in whole faces, inside the mask, 0..1.
        human_share: Of what people look at, inside the mask; None without a human map.
        area_share: Of the face's square, inside the mask.
    """

    emotion: Emotion
    mask: Mask
    n: int
    drop: float
    low: float
    high: float
    p_value: float
    network_share: float
    human_share: float | None
    area_share: float


@dataclass(frozen=True, kw_only=True)
class RankCorrelation:
    """Spearman's rank correlation over points.

    Points of one mask or emotion are no independent draws, so the p-value is on the small side.

    Attributes:
        rho: -1..1; None below three points or where one side is the same everywhere.
        p_value: Two-sided; None where `rho` is.
        n: Points.
    """

    rho: float | None
    p_value: float | None
    n: int


@dataclass(frozen=True, kw_only=True)
class Covering:
    """The drops of a run beside what its maps and people's lead one to expect.

    Attributes:
        run_id: The run, trained on whole faces.
        method: How its maps were computed.
        source: Key of the human maps.
        points: By mask in the order of `Mask`, then by emotion; emotions without test images or
            without maps are left out.
        network: Of drops with the network's shares.
        human: Of drops with people's shares.
        area: Of drops with the shares of the face: what mere size explains.
    """

    run_id: int
    method: SaliencyMethod
    source: str
    points: tuple[CoveredEmotion, ...]
    network: RankCorrelation
    human: RankCorrelation
    area: RankCorrelation


def covering(
    workspace: Workspace,
    run_id: int,
    method: SaliencyMethod = SaliencyMethod.GRAD_CAM,
    *,
    source: str = DEFAULT_KEY,
    masks: Sequence[Mask] = (),
) -> Covering:
    """Return how much each mask costs each emotion beside the saliency inside that mask.

    Args:
        workspace: Where the run is.
        run_id: A run trained on whole faces, tested on them and under masks.
        method: Of its maps.
        source: Key of the human maps.
        masks: Of `COVERING`; by default all of these that the run was tested under.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it saw covered faces only, was not tested under a mask, or has no maps;
            says what to run.
        ConfigError: If a mask is asked for that is none of `COVERING`.
        HumanMapError: If there are no such human maps.
    """
    human = find(workspace, source)
    whole = _on_whole_faces(workspace, run_id)
    chosen = _masks(workspace, run_id, masks)
    drops = {mask: _drops(whole, predictions(workspace, run_id, test_mask=mask)) for mask in chosen}
    pictures = _pictures(run_maps(workspace, run_id, method))
    found = (_points(mask, drops[mask], pictures, human) for mask in chosen)
    points = tuple(chain.from_iterable(found))
    return Covering(
        run_id=run_id,
        method=method,
        source=human.key,
        points=points,
        network=_rank_correlation(points, "network_share"),
        human=_rank_correlation(points, "human_share"),
        area=_rank_correlation(points, "area_share"),
    )


def covering_document(found: Covering) -> dict[str, Any]:
    """Return the figures as one JSON document.

    {"run", "method", "source", "points", "network", "human", "area"}: a point has the fields of
    `CoveredEmotion`, the last three have "rho", "p_value" and "n".
    """
    return {
        "run": found.run_id,
        "method": found.method.value,
        "source": found.source,
        "points": [asdict(point) for point in found.points],
        "network": asdict(found.network),
        "human": asdict(found.human),
        "area": asdict(found.area),
    }


def _on_whole_faces(workspace: Workspace, run_id: int) -> pd.DataFrame:
    """Return what a run says of whole test faces.

    Raises:
        NotReadyError: If it was trained on covered ones only, or not tested on whole ones.
    """
    run = find_run(workspace, run_id)
    if own_test_mask(run.mask) is not Mask.NONE:
        raise NotReadyError(
            f"Run {run_id} was trained under the mask {run.mask}, so covering takes nothing new "
            "from it; choose a run that was trained on whole faces."
        )
    return predictions(workspace, run_id, test_mask=Mask.NONE)


def _masks(workspace: Workspace, run_id: int, asked: Sequence[Mask]) -> tuple[Mask, ...]:
    """Return the masks to compare under, in their usual order.

    Raises:
        ConfigError: If a mask is asked for that covers no part of its own.
        NotReadyError: If the run was tested under no mask that does.
    """
    unfit = [mask for mask in asked if mask not in COVERING]
    if unfit:
        raise ConfigError(
            f"The mask {unfit[0]} covers no part that the canonical face has; choose among "
            f"{', '.join(COVERING)}."
        )
    tested = set(asked) or set(masks_tested(workspace, [run_id]))
    chosen = tuple(mask for mask in COVERING if mask in tested)
    if not chosen:
        raise NotReadyError(
            f"Run {run_id} was not tested under a mask that covers a part of the face; do it with "
            f"`feelingit evaluate {run_id} --mask {Mask.EYES}`, and others alike."
        )
    return chosen


@dataclass(frozen=True, kw_only=True)
class _Drop:
    n: int
    drop: float
    low: float
    high: float
    p_value: float


def _drops(whole: pd.DataFrame, covered: pd.DataFrame) -> dict[Emotion, _Drop]:
    """Return each emotion's drop in recall, of emotions that have test images."""
    both = whole.merge(covered, on="image_id", suffixes=("", "_covered"), validate="one_to_one")
    labels = both["label"].to_numpy(dtype=object)
    before = both["predicted"].to_numpy(dtype=object) == labels
    after = both["predicted_covered"].to_numpy(dtype=object) == labels
    rng = np.random.default_rng(SEED)
    found = {}
    for emotion in EMOTIONS:
        is_own = labels == emotion.value
        if is_own.any():
            found[emotion] = _drop(before[is_own], after[is_own], rng)
    return found


def _drop(before: NDArray[np.bool_], after: NDArray[np.bool_], rng: np.random.Generator) -> _Drop:
    """Return how far the share of right answers falls, by whether each image was right."""
    n, lost, won = len(before), int((before & ~after).sum()), int((after & ~before).sum())
    low, high = percentile_interval(resampled_drops(lost, won, n, rng=rng))
    return _Drop(
        n=n,
        drop=(lost - won) / n,
        low=float(low),
        high=float(high),
        p_value=mcnemar_p(before, after),
    )


def _points(
    mask: Mask,
    drops: Mapping[Emotion, _Drop],
    pictures: Mapping[Emotion, NDArray[np.float64]],
    human: HumanMaps,
) -> list[CoveredEmotion]:
    """Return a point for each emotion that has both a drop and a map."""
    inside = mask_array(mask, MAP_SIDE, template().astype(np.float32)[None])[0]
    return [
        CoveredEmotion(
            emotion=emotion,
            mask=mask,
            n=one.n,
            drop=one.drop,
            low=one.low,
            high=one.high,
            p_value=one.p_value,
            network_share=_share(pictures[emotion], inside),
            human_share=(
                _share(human.distribution(emotion), inside) if emotion in human.maps else None
            ),
            area_share=float(inside.mean()),
        )
        for emotion, one in drops.items()
        if emotion in pictures
    ]


def _pictures(maps: RunMaps) -> dict[Emotion, NDArray[np.float64]]:
    """Return the softened mean map of each emotion that has maps."""
    means = {emotion: mean_map(maps, emotion) for emotion in EMOTIONS}
    return {emotion: soften(mean.mean_map) for emotion, mean in means.items() if mean.n}


def _share(density: NDArray[np.float64], inside: NDArray[np.bool_]) -> float:
    return float(density[inside].sum() / density.sum())


def _rank_correlation(points: Sequence[CoveredEmotion], name: str) -> RankCorrelation:
    """Return the rank correlation of drops with a share, over the points that have it."""
    known = [point for point in points if getattr(point, name) is not None]
    drops = np.array([point.drop for point in known])
    shares = np.array([getattr(point, name) for point in known])
    if len(known) < 3 or np.ptp(drops) == 0 or np.ptp(shares) == 0:
        return RankCorrelation(rho=None, p_value=None, n=len(known))
    found = spearmanr(drops, shares)
    return RankCorrelation(rho=float(found.statistic), p_value=float(found.pvalue), n=len(known))
