"""Figures of runs as tables and heatmaps."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.services import experiments
from core.services.class_tables import ClassTable
from core.services.slicing import is_too_small
from core.services.terms import (
    DatasetRow,
    JobStatus,
    Mask,
    ModelName,
    RunRow,
)
from dashboard import state
from dashboard.format import MASK_NAMES, MODEL_NAMES

PERCENT_COLUMNS = ("Accuracy", "Weighted F1", "Macro F1", "Leak-free accuracy")
_ROW_PX, _MOST_PX = 31, 320  # a row at the theme's font size


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
    runs: Sequence[RunRow], accuracy: ClassTable, f1: ClassTable, leak_free: ClassTable
) -> pd.DataFrame:
    """Return a row for each run with its settings and overall figures; empty where it has none.

    Args:
        runs: Not pooled, as in the tables.
        accuracy: Of the chosen test images.
        f1: Likewise.
        leak_free: Accuracy of the leak-free test images.
    """
    lines = [
        {
            "Run": run.id,
            "Model": MODEL_NAMES[run.model],
            "Covered": MASK_NAMES[run.mask],
            "Seed": run.seed,
            "Accuracy": _percent(accuracy.values[row, 0]),
            "95 % interval": _interval(accuracy, row),
            "Weighted F1": _percent(f1.values[row, 0]),
            "Macro F1": _percent(_macro(f1, row)),
            "n": _count(accuracy.n[row, 0]),
            "Leak-free accuracy": _percent(leak_free.values[row, 0]),
            "Leak-free n": _count(leak_free.n[row, 0]),
            "Version": run.version[:8],
        }
        for row, run in enumerate(runs)
    ]
    return pd.DataFrame(lines)


def height(n_rows: int) -> int:
    """Return the height in px of a table that scrolls where it has many rows."""
    return min(_ROW_PX * (n_rows + 1) + 3, _MOST_PX)


def _macro(f1: ClassTable, row: int) -> float:
    """Return the mean F1 of the emotions that occur in labels or predictions."""
    known = f1.values[row, 1:][~np.isnan(f1.values[row, 1:])]
    return float(known.mean()) if len(known) else float("nan")


def _percent(share: float) -> float | None:
    return None if np.isnan(share) else 100 * float(share)


def _count(n: float) -> int | None:
    return None if np.isnan(n) else round(float(n))


def _interval(table: ClassTable, row: int) -> str:
    if np.isnan(table.values[row, 0]):
        return ""
    few = ", too few" if is_too_small(round(float(table.n[row, 0]))) else ""
    return f"{100 * table.low[row, 0]:.1f} to {100 * table.high[row, 0]:.1f}{few}"
