"""Scores of maps against human maps, in words and in one table with their controls."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.maps.baselines import Baseline
from core.maps.human import HumanMaps
from core.metrics.saliency import correlation
from core.services.presenting.map_table import Words
from core.services.saliency_figures import (
    EmotionScores,
    Interval,
    MapScores,
    OverallScores,
    SaliencyScores,
    Scored,
)
from core.services.terms import Emotion

BASELINE_NAMES = {
    Baseline.UNTRAINED: "Control: the same untrained",
    Baseline.SHUFFLED: "Control: other emotions' human maps",
    Baseline.EDGES: "Control: edges of the mean face",
    Baseline.CENTRE: "Control: centre Gaussian",
    Baseline.UNIFORM: "Control: uniform",
}
_OF_A_NETWORK = (Baseline.UNTRAINED, Baseline.SHUFFLED)
_OF_NONE = (Baseline.EDGES, Baseline.CENTRE, Baseline.UNIFORM)


@dataclass(frozen=True, kw_only=True)
class ScoreRow:
    """A line of the table: what was scored, and its scores; dashes where there is none.

    Attributes:
        name: What it is.
        is_control: Whether it stands in for a network.
        cells: Texts, as many as `HEADS` has.
    """

    name: str
    is_control: bool
    cells: tuple[str, ...]


HEADS = (
    "r (95 % interval)",
    "p",
    "r, mean removed",
    "p, mean removed",
    "Best match",
    "Similarity",
    "KL",
    "AUC",
    "AU enrichment",
)


def network_words(scores: SaliencyScores) -> dict[Emotion, Words]:
    """Return what is written at each emotion's map of a network."""
    return {
        emotion: _emotion_words(one)
        for emotion, one in scores.by_emotion.items()
        if one.raw.scores.correlation is not None
    }


def human_words(human: HumanMaps, against: HumanMaps) -> dict[Emotion, Words]:
    """Return what is written at human maps: how alike they are to those that networks face."""
    shared = [emotion for emotion in human.emotions if emotion in against.maps]
    if human.key == against.key:
        return {
            emotion: Words(
                lines=(f"people r {human.ceiling[emotion]:.2f}",),
                hover=f"One half of the people with the other: r {human.ceiling[emotion]:.2f}, "
                "the noise ceiling",
            )
            for emotion in shared
            if emotion in human.ceiling
        }
    found = {emotion: correlation(human.raw(emotion), against.raw(emotion)) for emotion in shared}
    return {
        emotion: Words(
            lines=(f"r {value:+.2f}",), hover=f"r {value:+.2f} with {against.title.lower()}"
        )
        for emotion, value in found.items()
    }


def score_rows(networks: Sequence[tuple[str, SaliencyScores]]) -> list[ScoreRow]:
    """Return the networks, each with its own controls, then the controls that are of none."""
    rows = []
    for name, scores in networks:
        rows.append(ScoreRow(name=name, is_control=False, cells=_overall(scores)))
        rows += [_baseline(scores, one) for one in _OF_A_NETWORK]
    if networks:
        first = networks[0][1]
        rows += [_baseline(first, one) for one in _OF_NONE]
        rows.append(_ceiling(first))
    return rows


def emotion_rows(one: EmotionScores) -> list[tuple[str, str, str]]:
    """Return each score of an emotion's map: its name, as it is, and with the mean removed."""
    sides = [_each(one.raw), _each(one.mean_removed)]
    names = ("r", "95 % interval", "Similarity", "KL", "AUC", "AU enrichment", "Best human match")
    return list(zip(names, *sides, strict=True))


def signed(value: float | None) -> str:
    """Return a correlation, `+0.41`; a dash where there is none."""
    return "-" if value is None else f"{value:+.2f}"


def interval_words(interval: Interval | None) -> str:
    """Return an interval, `+0.35 to +0.47`; a dash where there is none."""
    return "-" if interval is None else f"{interval[0]:+.2f} to {interval[1]:+.2f}"


def _emotion_words(one: EmotionScores) -> Words:
    raw, removed = one.raw, one.mean_removed
    lines = [f"r {signed(raw.scores.correlation)}"]
    if raw.interval is not None:
        lines.append(interval_words(raw.interval))
    hover = [
        f"As it is: {_all(raw)}",
        f"With the mean over emotions removed: {_all(removed)}",
    ]
    if one.ceiling is not None:
        hover.append(f"Noise ceiling: one half of the people with the other, r {one.ceiling:.2f}")
    return Words(lines=tuple(lines), hover="\n".join(hover))


def _all(one: Scored) -> str:
    r, interval, similarity, kl, auc, enrichment, best = _each(one)
    return (
        f"r {r} ({interval}), similarity {similarity}, KL {kl}, AUC {auc}, action-unit enrichment "
        f"{enrichment}, best human match {best}"
    )


def _each(one: Scored) -> tuple[str, ...]:
    best = "-" if one.best_match is None else one.best_match.value
    r = signed(one.scores.correlation)
    return r, interval_words(one.interval), *_others(one.scores), best


def _overall(scores: SaliencyScores) -> tuple[str, ...]:
    raw, removed = scores.raw, scores.mean_removed
    return (
        _with_interval(raw),
        _p(raw),
        _with_interval(removed),
        _p(removed),
        f"{removed.identification.n_right} of {removed.identification.n}",
        *_others(raw.scores),
    )


def _baseline(scores: SaliencyScores, one: Baseline) -> ScoreRow:
    found = scores.baselines[one]
    raw, removed = signed(found.raw.correlation), signed(found.mean_removed.correlation)
    cells = (raw, "-", removed, "-", "-", *_others(found.raw))
    return ScoreRow(name=BASELINE_NAMES[one], is_control=True, cells=cells)


def _ceiling(scores: SaliencyScores) -> ScoreRow:
    cells = (signed(scores.ceiling), *("-" for _ in HEADS[1:]))
    return ScoreRow(name="People with people (noise ceiling)", is_control=True, cells=cells)


def _with_interval(overall: OverallScores) -> str:
    """Return a mean correlation with its interval, `+0.41 (+0.35 to +0.47)`."""
    r = signed(overall.scores.correlation)
    return r if overall.interval is None else f"{r} ({interval_words(overall.interval)})"


def _others(scores: MapScores) -> tuple[str, ...]:
    return _two(scores.similarity), _two(scores.kl), _two(scores.auc), _two(scores.enrichment)


def _p(overall: OverallScores) -> str:
    p = overall.p_value
    return "-" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _two(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
