"""Figures of runs as tables and heatmaps."""

from collections.abc import Mapping, Sequence

import pandas as pd

from core.services import experiments
from core.services.terms import (
    DatasetRow,
    JobStatus,
    Mask,
    ModelName,
    ResultRow,
    RunRow,
)
from dashboard import state
from dashboard.format import MASK_NAMES, MODEL_NAMES

PERCENT_COLUMNS = ("Accuracy", "Weighted F1", "Macro F1", "Leak-free accuracy")
_ROW_PX, _MOST_PX = 35, 320


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


def run_table(
    runs: Sequence[RunRow], full: Mapping[int, ResultRow], leak_free: Mapping[int, ResultRow]
) -> pd.DataFrame:
    """Return a row for each run with its settings and overall figures; empty where it has none."""
    return pd.DataFrame([_line(run, full.get(run.id), leak_free.get(run.id)) for run in runs])


def height(n_rows: int) -> int:
    """Return the height in px of a table that scrolls where it has many rows."""
    return min(_ROW_PX * (n_rows + 1) + 3, _MOST_PX)


def _line(run: RunRow, result: ResultRow | None, leak_free: ResultRow | None) -> dict[str, object]:
    return {
        "Run": run.id,
        "Model": MODEL_NAMES[run.model],
        "Covered": MASK_NAMES[run.mask],
        "Seed": run.seed,
        "Accuracy": 100 * result.accuracy if result else None,
        "Weighted F1": 100 * result.weighted_f1 if result else None,
        "Macro F1": 100 * result.macro_f1 if result else None,
        "n": result.n if result else None,
        "Leak-free accuracy": 100 * leak_free.accuracy if leak_free else None,
        "Leak-free n": leak_free.n if leak_free else None,
        "Version": run.version[:8],
    }
