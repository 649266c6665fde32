"""Figures of runs as tables and heatmaps."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.services import experiments
from core.services.results import Heatmap, Metric
from core.services.terms import (
    EMOTIONS,
    DatasetRow,
    JobStatus,
    Mask,
    ModelName,
    ResultRow,
    RunRow,
)
from dashboard import state
from dashboard.components.heatmaps import heatmap
from dashboard.format import MASK_NAMES, MODEL_NAMES, number, percent, run_label, run_name, title

METRIC_NAMES = {Metric.ACCURACY: "Accuracy", Metric.PRECISION: "Precision", Metric.F1: "F1"}
METRIC_NOTES = {
    Metric.ACCURACY: "Accuracy of an emotion: the share of its faces that were found (recall).",
    Metric.PRECISION: "Precision: the share of the faces taken for an emotion that show it.",
    Metric.F1: "F1: the harmonic mean of precision and accuracy (recall) of an emotion.",
}
PERCENT_COLUMNS = ("Accuracy", "Weighted F1", "Macro F1")


def finished(dataset: DatasetRow) -> list[RunRow]:
    """Return the finished runs on a data set in the study's order."""
    return in_order(
        [
            run
            for run in experiments.runs(state.workspace())
            if run.dataset == dataset.name and run.status is JobStatus.DONE
        ]
    )


def in_order(runs: Sequence[RunRow]) -> list[RunRow]:
    """Return runs as the study lists them: by model, then mask, then seed."""
    models, masks = list(ModelName), list(Mask)
    return sorted(
        runs, key=lambda run: (models.index(run.model), masks.index(run.mask), run.seed, run.id)
    )


def run_table(runs: Sequence[RunRow], overall: Mapping[int, ResultRow]) -> pd.DataFrame:
    """Return a row for each run with its settings and overall figures; empty where it has none."""
    return pd.DataFrame([_line(run, overall.get(run.id)) for run in runs])


def class_heatmap(runs: Sequence[RunRow], scores: Heatmap, metric: Metric) -> go.Figure:
    """Return a figure's value for each run (row) and emotion (column), n above or on pointing."""
    values = scores.values.to_numpy(dtype=np.float64)
    n = scores.n.to_numpy(dtype=np.float64)
    columns = [title(emotion) for emotion in EMOTIONS]
    hovers = [
        [
            f"{run_name(run)}<br>{column}: {_cell(values[i, j])} %, n = {_count(n[i, j])}"
            for j, column in enumerate(columns)
        ]
        for i, run in enumerate(runs)
    ]
    return heatmap(
        values,
        rows=[run_label(run) for run in runs],
        columns=[f"{name}<br>{_shared(n[:, j])}" for j, name in enumerate(columns)],
        texts=[[_cell(value) for value in row] for row in values],
        hovers=hovers,
    )


def confusion_heatmap(table: pd.DataFrame, *, as_shares: bool) -> go.Figure:
    """Return how often each emotion (row) was taken for each (column), coloured by row share."""
    counts = table.to_numpy(dtype=np.float64)
    sums = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, sums, out=np.full_like(counts, np.nan), where=sums > 0)
    names = [title(emotion) for emotion in EMOTIONS]
    texts = [
        [
            _whole(shares[i, j]) if as_shares else number(int(counts[i, j]))
            for j in range(len(names))
        ]
        for i in range(len(names))
    ]
    hovers = [
        [
            f"{true} taken for {predicted.lower()}<br>{_count(counts[i, j])} of "
            f"{_count(sums[i, 0])}, {_cell(shares[i, j])} %"
            for j, predicted in enumerate(names)
        ]
        for i, true in enumerate(names)
    ]
    return heatmap(shares, rows=names, columns=names, texts=texts, hovers=hovers)


def _line(run: RunRow, result: ResultRow | None) -> dict[str, object]:
    return {
        "Run": run.id,
        "Model": MODEL_NAMES[run.model],
        "Covered": MASK_NAMES[run.mask],
        "Seed": run.seed,
        "Accuracy": 100 * result.accuracy if result else None,
        "Weighted F1": 100 * result.weighted_f1 if result else None,
        "Macro F1": 100 * result.macro_f1 if result else None,
        "n": result.n if result else None,
        "Version": run.version[:8],
    }


def _cell(share: float) -> str:
    return "-" if np.isnan(share) else percent(share).removesuffix(" %")


def _whole(share: float) -> str:
    return "-" if np.isnan(share) else percent(share, digits=0).removesuffix(" %")


def _count(value: float) -> str:
    return "-" if np.isnan(value) else number(int(value))


def _shared(n: np.ndarray) -> str:
    """Return the n that all runs have in common; empty where they differ."""
    known = {int(value) for value in n if not np.isnan(value)}
    return f"n {number(known.pop())}" if len(known) == 1 else ""
