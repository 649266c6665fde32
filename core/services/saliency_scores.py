"""How much what a run looks at is like what people look at, and what that is worth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from core.errors import EmptySetError
from core.maps.anatomy import unit_area
from core.maps.baselines import Baseline, centre_gaussian, edges, uniform
from core.maps.built_in import DEFAULT_KEY
from core.maps.canonical import soften
from core.maps.human import HumanMaps
from core.maps.means import MeanMap, Outcome, chosen, mean_map
from core.maps.run_maps import RunMaps
from core.metrics.resampling import percentile_interval
from core.metrics.saliency_chance import identification, permutation_p, resampled_correlations
from core.metrics.saliency_tables import ScoreTables, score_tables, tables_without_mean
from core.services.human_maps import find
from core.services.saliency import run_maps
from core.services.saliency_figures import (
    BaselineScores,
    EmotionScores,
    Interval,
    MapScores,
    OverallScores,
    SaliencyScores,
    Scored,
    scores_document,
)
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, SaliencyMethod

__all__ = [
    "Baseline",
    "BaselineScores",
    "EmotionScores",
    "Interval",
    "MapScores",
    "Outcome",
    "OverallScores",
    "SaliencyScores",
    "Scored",
    "saliency_scores",
    "scores_document",
]

N_RESAMPLES, SEED = 1000, 0

Picture = NDArray[np.float64]
Means = Mapping[Emotion, MeanMap]
Pair = tuple[ScoreTables, ScoreTables]
"""As the maps are, and with their mean over emotions removed."""

_SCORES = tuple(field.name for field in fields(MapScores))
_UNSCORED = Scored(
    scores=MapScores(correlation=None, similarity=None, kl=None, auc=None, enrichment=None),
    interval=None,
    best_match=None,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class _People:
    """What to score k emotions against: float64 and bool, shape (k, 48 * 48)."""

    emotions: tuple[Emotion, ...]
    maps: NDArray[np.float64]
    areas: NDArray[np.bool_]

    def tables(self, pictures: Sequence[Picture]) -> Pair:
        """Return the scores of one picture for each emotion, softened as human maps are."""
        rows = np.array([soften(picture).ravel() for picture in pictures])
        return (
            score_tables(rows, self.maps, self.areas),
            tables_without_mean(rows, self.maps, self.areas),
        )


def saliency_scores(
    workspace: Workspace,
    run_id: int,
    method: SaliencyMethod = SaliencyMethod.GRAD_CAM,
    *,
    source: str = DEFAULT_KEY,
    outcome: Outcome = Outcome.ALL,
) -> SaliencyScores:
    """Return all scores of a run's maps against human maps; the same every time.

    Where a human map is below 0 (z-scored tiles), correlation and AUC take it as it is, similarity
    and KL its part above 0.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If its maps were not computed yet.
        HumanMapError: If there are no such human maps.
        EmptySetError: If no image with this outcome is of an emotion that has a human map.
    """
    human = find(workspace, source)
    maps = run_maps(workspace, run_id, method)
    means = {emotion: mean_map(maps, emotion, outcome) for emotion in EMOTIONS}
    people = _people(human, means)
    tables = people.tables([means[emotion].mean_map for emotion in people.emotions])
    resampled = _resampled(maps, people, outcome)
    raw, removed = (_side(people, *one) for one in zip(tables, resampled, strict=True))
    return SaliencyScores(
        run_id=run_id,
        method=method,
        source=human.key,
        outcome=outcome,
        cells=(int(maps.cells[0]), int(maps.cells[1])),
        scored=people.emotions,
        by_emotion=_by_emotion(human, means, raw, removed),
        raw=raw.overall,
        mean_removed=removed.overall,
        ceiling=_ceiling(human, people),
        baselines=_baselines(maps, means, people, tables, outcome),
    )


def _people(human: HumanMaps, means: Means) -> _People:
    """Return the human maps of those emotions that the run has maps of, too.

    Raises:
        EmptySetError: If it has none of them.
    """
    emotions = tuple(emotion for emotion in human.emotions if means[emotion].n)
    if not emotions:
        raise EmptySetError(
            f"None of the images with this outcome has a map and an emotion in {human.title}; "
            "choose another outcome or other human maps."
        )
    return _People(
        emotions=emotions,
        maps=np.array([human.raw(emotion).ravel() for emotion in emotions]),
        areas=np.array([unit_area(emotion).ravel() for emotion in emotions]),
    )


@dataclass(frozen=True, kw_only=True)
class _Side:
    by_emotion: dict[Emotion, Scored]
    overall: OverallScores


def _side(people: _People, tables: ScoreTables, drawn: NDArray[np.float64]) -> _Side:
    """Return the scores as they are, or without the mean, with what they are worth.

    Args:
        people: Whom the maps were held against.
        tables: All scores, rows and columns as `people.emotions`.
        drawn: float64, shape (n_resamples, k). Resampled correlations.
    """
    found = identification(tables.correlation)
    own = [_of_cell(tables, place, place) for place in range(len(people.emotions))]
    by_emotion = {
        emotion: Scored(
            scores=own[place],
            interval=_interval(drawn[:, place]),
            best_match=people.emotions[found.best[place]] if found.best[place] >= 0 else None,
        )
        for place, emotion in enumerate(people.emotions)
    }
    overall = OverallScores(
        scores=_mean_scores(own),
        interval=_interval(drawn.mean(axis=1)),
        p_value=_known(permutation_p(tables.correlation)),
        identification=found,
    )
    return _Side(by_emotion=by_emotion, overall=overall)


def _by_emotion(
    human: HumanMaps, means: Means, raw: _Side, removed: _Side
) -> dict[Emotion, EmotionScores]:
    """Return an entry for every emotion, without scores where a map is missing."""
    return {
        emotion: EmotionScores(
            emotion=emotion,
            n=mean.n,
            n_empty=mean.n_empty,
            ceiling=human.ceiling.get(emotion),
            raw=raw.by_emotion.get(emotion, _UNSCORED),
            mean_removed=removed.by_emotion.get(emotion, _UNSCORED),
        )
        for emotion, mean in means.items()
    }


def _resampled(
    maps: RunMaps, people: _People, outcome: Outcome
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return correlations where images are drawn anew, raw and without the mean; NaN from one."""
    groups = []
    for emotion in people.emotions:
        every = maps.maps[chosen(maps, emotion, outcome)]
        shown = every[every.any(axis=(1, 2))].astype(np.float32)
        groups.append(np.array([soften(one).ravel() for one in shown], dtype=np.float32))
    rng = np.random.default_rng(SEED)
    raw, removed = resampled_correlations(groups, people.maps, rng=rng, n_resamples=N_RESAMPLES)
    is_alone = np.array([len(group) < 2 for group in groups])
    return np.where(is_alone, np.nan, raw), np.where(is_alone, np.nan, removed)


def _baselines(
    maps: RunMaps, means: Means, people: _People, tables: Pair, outcome: Outcome
) -> dict[Baseline, BaselineScores]:
    """Return what stands in for the network, scored as the network is."""
    emotions = people.emotions
    untrained = [mean_map(maps, one, outcome, untrained=True).mean_map for one in emotions]
    drawn: dict[Baseline, Sequence[Picture]] = {
        Baseline.UNIFORM: [uniform()] * len(emotions),
        Baseline.CENTRE: [centre_gaussian()] * len(emotions),
        Baseline.EDGES: [edges(means[one].mean_face) for one in emotions],
        Baseline.UNTRAINED: untrained,
    }
    found = {one: _own_cells(people.tables(pictures)) for one, pictures in drawn.items()}
    found[Baseline.SHUFFLED] = tuple(_other_cells(table) for table in tables)
    return {
        one: BaselineScores(
            raw=_mean_scores(found[one][0]),
            mean_removed=_mean_scores(found[one][1]),
            by_emotion=dict(zip(emotions, zip(*found[one], strict=True), strict=True)),
        )
        for one in Baseline
    }


def _own_cells(tables: Pair) -> tuple[list[MapScores], ...]:
    return tuple(
        [_of_cell(table, place, place) for place in range(len(table.correlation))]
        for table in tables
    )


def _other_cells(tables: ScoreTables) -> list[MapScores]:
    """Return the mean of each map's scores with the human maps of all other emotions."""
    k = len(tables.correlation)
    return [
        _mean_scores([_of_cell(tables, row, column) for column in range(k) if column != row])
        for row in range(k)
    ]


def _of_cell(tables: ScoreTables, row: int, column: int) -> MapScores:
    return MapScores(**{name: _known(getattr(tables, name)[row, column]) for name in _SCORES})


def _mean_scores(scores: Sequence[MapScores]) -> MapScores:
    """Return the mean of each score over those that have it."""
    return MapScores(**{name: _mean([getattr(one, name) for one in scores]) for name in _SCORES})


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _ceiling(human: HumanMaps, people: _People) -> float | None:
    """Return the mean ceiling of the scored emotions; None where one was not measured."""
    known = [human.ceiling[one] for one in people.emotions if one in human.ceiling]
    return float(np.mean(known)) if len(known) == len(people.emotions) else None


def _interval(drawn: NDArray[np.float64]) -> Interval | None:
    if np.isnan(drawn).any():
        return None
    low, high = percentile_interval(drawn)
    return float(low), float(high)


def _known(value: float) -> float | None:
    """Return the value, or None where it is not defined (NaN is no JSON)."""
    return None if math.isnan(value) else float(value)
