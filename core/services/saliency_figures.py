"""Figures of what a run looks at beside what people look at: the records, and their JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.maps.baselines import Baseline
from core.maps.means import Outcome
from core.metrics.saliency_chance import Identification
from db.enums import Emotion, SaliencyMethod

Interval = tuple[float, float]
"""Lower and upper end at the 95 % level."""


@dataclass(frozen=True, kw_only=True)
class MapScores:
    """What one map scores with one human map; None where a score is not defined.

    Attributes:
        correlation: CC, -1..1, the headline.
        similarity: SIM, 0..1. With the mean removed: of what lies above it.
        kl: KL in nats, 0 (nothing missed) upwards; see `tables_without_mean` for the other kind.
        auc: AUC-Judd, 0..1, 0.5 by chance.
        enrichment: Mean density where the emotion's action units show, 1 by chance. With the mean
            over emotions removed: that less the mean map's, 0 by chance.
    """

    correlation: float | None
    similarity: float | None
    kl: float | None
    auc: float | None
    enrichment: float | None


@dataclass(frozen=True, kw_only=True)
class Scored:
    """One emotion's scores, as they are or with the mean over emotions removed.

    Attributes:
        scores: With the human map of the same emotion.
        interval: 95 % bootstrap interval over images of the correlation; None below two images.
        best_match: The emotion whose human map correlates best.
    """

    scores: MapScores
    interval: Interval | None
    best_match: Emotion | None


@dataclass(frozen=True, kw_only=True)
class EmotionScores:
    """One emotion: its images, and its scores; all None where a map is missing.

    Attributes:
        emotion: Of the images.
        n: Images whose maps were averaged.
        n_empty: Further images without a map.
        ceiling: Correlation of one half of the human data with the other; None if not measured.
        raw: Scores of the maps as they are.
        mean_removed: Scores of what is special to the emotion.
    """

    emotion: Emotion
    n: int
    n_empty: int
    ceiling: float | None
    raw: Scored
    mean_removed: Scored


@dataclass(frozen=True, kw_only=True)
class OverallScores:
    """Scores over emotions, as they are or with the mean over emotions removed.

    Attributes:
        scores: Means over the emotions that were scored.
        interval: 95 % bootstrap interval over images of the mean correlation.
        p_value: How often human maps dealt out anew among emotions correlate as well in the mean.
        identification: For how many emotions the best match is the right one, and its p-value.
    """

    scores: MapScores
    interval: Interval | None
    p_value: float | None
    identification: Identification


@dataclass(frozen=True, kw_only=True)
class BaselineScores:
    """What stands in for the network scores alike; keys are the emotions that were scored."""

    raw: MapScores
    mean_removed: MapScores
    by_emotion: Mapping[Emotion, tuple[MapScores, MapScores]]


@dataclass(frozen=True, kw_only=True)
class SaliencyScores:
    """A run's maps by one method against one source of human maps.

    Attributes:
        run_id: The run.
        method: How its maps were computed.
        source: Key of the human maps.
        outcome: Which images count.
        cells: Rows and columns of the network's maps before they were enlarged.
        scored: The emotions that have maps of both kinds; the means are over these.
        by_emotion: An entry for all emotions, in their usual order.
        raw: Over emotions, as the maps are.
        mean_removed: Over emotions, with their mean removed.
        ceiling: Mean over the scored emotions of the human data's own correlation, or None.
        baselines: What knows nothing of what was learnt, scored alike.
    """

    run_id: int
    method: SaliencyMethod
    source: str
    outcome: Outcome
    cells: tuple[int, int]
    scored: tuple[Emotion, ...]
    by_emotion: Mapping[Emotion, EmotionScores]
    raw: OverallScores
    mean_removed: OverallScores
    ceiling: float | None
    baselines: Mapping[Baseline, BaselineScores]


def scores_document(scores: SaliencyScores) -> dict[str, Any]:
    """Return the figures as one JSON document; what is not defined is null.

    {"run", "method", "source", "outcome", "cells", "n", "ceiling", "raw", "mean_removed",
    "emotions": {emotion: {"n", "n_empty", "ceiling", "raw", "mean_removed"}}, "baselines":
    {baseline: {"raw", "mean_removed", "emotions"}}}; each of "raw" and "mean_removed" has the five
    scores, and beside the network's also "interval" ([low, high]) and "best_match", or over
    emotions "p_value" and "identification".
    """
    return {
        "run": scores.run_id,
        "method": scores.method.value,
        "source": scores.source,
        "outcome": scores.outcome.value,
        "cells": list(scores.cells),
        "n": sum(one.n for one in scores.by_emotion.values()),
        "ceiling": scores.ceiling,
        "raw": _overall(scores.raw),
        "mean_removed": _overall(scores.mean_removed),
        "emotions": {emotion.value: _emotion(one) for emotion, one in scores.by_emotion.items()},
        "baselines": {baseline.value: _baseline(one) for baseline, one in scores.baselines.items()},
    }


def _emotion(one: EmotionScores) -> dict[str, Any]:
    return {
        "n": one.n,
        "n_empty": one.n_empty,
        "ceiling": one.ceiling,
        "raw": _scored(one.raw),
        "mean_removed": _scored(one.mean_removed),
    }


def _baseline(one: BaselineScores) -> dict[str, Any]:
    return {
        "raw": asdict(one.raw),
        "mean_removed": asdict(one.mean_removed),
        "emotions": {
            emotion.value: {"raw": asdict(raw), "mean_removed": asdict(removed)}
            for emotion, (raw, removed) in one.by_emotion.items()
        },
    }


def _scored(one: Scored) -> dict[str, Any]:
    match = None if one.best_match is None else one.best_match.value
    return asdict(one.scores) | {"interval": _listed(one.interval), "best_match": match}


def _overall(one: OverallScores) -> dict[str, Any]:
    found = one.identification
    return asdict(one.scores) | {
        "interval": _listed(one.interval),
        "p_value": one.p_value,
        "identification": {
            "n_right": found.n_right,
            "n": found.n,
            "chance": found.chance,
            "p_value": found.p_value,
        },
    }


def _listed(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)
