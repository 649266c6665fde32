"""Figures and predictions of runs as plain tables and documents that others can read."""

from collections.abc import Sequence
from math import isnan
from typing import Any

import pandas as pd

from core.configs import own_test_mask
from core.metrics.intervals import LEVEL
from core.services.figure_sets import Figure, FigureSet, GroupFigures
from core.services.results import predictions
from core.workspace import Workspace
from db.enums import Mask
from db.repositories import standings
from db.rows import RunRow

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
OVERALL = "all"  # what stands for all emotions together in the column `emotion`


def figure_table(sets: Sequence[FigureSet], test_mask: Mask | None = None) -> pd.DataFrame:
    """Return a row for each experiment, slice and emotion, all emotions together first.

    Columns: runs, seeds (of pooled ones separated by spaces), model, mask, test_mask, version,
    slice, emotion, n; accuracy, precision, f1 and macro_f1, each 0..1 and followed by _low and
    _high, its 95 % interval, and _sd, its standard deviation over seeds; missing where there is
    none. In the rows `all`, precision and f1 are means weighted by n; macro_f1 is only there.
    """
    return pd.DataFrame([line for one in sets for line in _lines(one, test_mask)])


def prediction_rows(
    workspace: Workspace, runs: Sequence[RunRow], *, test_mask: Mask | None = None
) -> pd.DataFrame:
    """Return what each run said of each of its test images, one run after the other.

    Columns: run int64; those of `results.predictions`; image, the path as imported, after the
    image's id.

    Raises:
        NotReadyError: If a run has no predictions under the mask, by default its own.
    """
    tables = [predictions(workspace, run.id, test_mask=test_mask) for run in runs]
    paths = {
        version_id: _paths(workspace, version_id)
        for version_id in dict.fromkeys(run.version_id for run in runs)
    }
    for run, table in zip(runs, tables, strict=True):
        table.insert(0, "run", run.id)
        table.insert(2, "image", table["image_id"].map(paths[run.version_id]))
    return pd.concat(tables, ignore_index=True)


def figure_document(sets: Sequence[FigureSet], test_mask: Mask | None = None) -> dict[str, Any]:
    """Return the figures ready for JSON, where what is missing is null."""
    return {"level": LEVEL, "experiments": [_document(one, test_mask) for one in sets]}


def spreadsheet_safe(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for a formula: those get a quote in front.

    Paths and tags come from files that nobody checked; spreadsheets run what starts with =, +, -
    or @ (OWASP, CSV injection).
    """
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name].dtype):
            safe[name] = safe[name].map(_quoted)
    return safe


def _quoted(value: object) -> object:
    is_formula = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value


def _lines(one: FigureSet, test_mask: Mask | None) -> list[dict[str, object]]:
    first = one.runs[0]
    start: dict[str, object] = {
        "runs": " ".join(str(run.id) for run in one.runs),
        "seeds": " ".join(str(run.seed) for run in one.runs),
        "model": first.model.value,
        "mask": first.mask.value,
        "test_mask": _tested(first, test_mask),
        "version": first.version,
        "slice": one.slice_name,
    }
    lines = [start | {"emotion": OVERALL} | _cells(one.overall) | _figure("macro_f1", one.macro_f1)]
    lines += [
        start | {"emotion": emotion.value} | _cells(group)
        for emotion, group in one.per_class.items()
    ]
    return lines


def _cells(group: GroupFigures) -> dict[str, object]:
    return {
        "n": group.n,
        **_figure("accuracy", group.accuracy),
        **_figure("precision", group.precision),
        **_figure("f1", group.f1),
    }


def _figure(name: str, one: Figure) -> dict[str, object]:
    return {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high,
            f"{name}_sd": one.spread}  # fmt: skip


def _document(one: FigureSet, test_mask: Mask | None) -> dict[str, Any]:
    first = one.runs[0]
    return {
        "runs": [run.id for run in one.runs],
        "seeds": [run.seed for run in one.runs],
        "dataset": first.dataset,
        "model": first.model.value,
        "mask": first.mask.value,
        "test_mask": _tested(first, test_mask),
        "version": first.version,
        "slice": one.slice_name,
        **_group_document(one.overall, ("weighted_precision", "weighted_f1")),
        "macro_f1": _figure_document(one.macro_f1),
        "per_class": {
            emotion.value: _group_document(group, ("precision", "f1"))
            for emotion, group in one.per_class.items()
        },
    }


def _group_document(group: GroupFigures, names: tuple[str, str]) -> dict[str, Any]:
    return {
        "n": group.n,
        "accuracy": _figure_document(group.accuracy),
        names[0]: _figure_document(group.precision),
        names[1]: _figure_document(group.f1),
    }


def _figure_document(one: Figure) -> dict[str, float | None]:
    values = {"value": one.value, "low": one.low, "high": one.high, "sd": one.spread}
    return {name: None if isnan(value) else value for name, value in values.items()}


def _tested(run: RunRow, test_mask: Mask | None) -> str:
    return (own_test_mask(run.mask) if test_mask is None else test_mask).value


def _paths(workspace: Workspace, version_id: int) -> dict[int, str]:
    with workspace.reading() as session:
        members = standings.of_version(session, version_id)
    return {member.image_id: member.source_path for member in members}
