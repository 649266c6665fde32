"""Writing figures and predictions of runs to files that others can use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pandas as pd

from core.errors import ExportError
from core.services.experiments import find_run
from core.services.figure_sets import SIDE_BY_SIDE, figure_sets
from core.services.presenting.latex import latex_tables
from core.services.publishing import published
from core.services.result_tables import (
    figure_document,
    figure_table,
    prediction_rows,
    spreadsheet_safe,
)
from core.workspace import Workspace
from db.enums import Mask


class ResultKind(StrEnum):
    """What is exported: figures with intervals, or what was said of every test image."""

    FIGURES = "figures"
    PREDICTIONS = "predictions"


class ResultFormat(StrEnum):
    """How it is written; JSON and LaTeX are for figures only."""

    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    LATEX = "latex"


FORMATS = {
    ResultKind.FIGURES: tuple(ResultFormat),
    ResultKind.PREDICTIONS: (ResultFormat.CSV, ResultFormat.PARQUET),
}
SUFFIXES = {form: f".{form.value}" for form in ResultFormat} | {ResultFormat.LATEX: ".tex"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to export.

    Attributes:
        kind: Figures or predictions.
        form: How to write them.
        slice_names: Which test images the figures are of, side by side.
        test_mask: What was covered in testing; each run's own mask where None.
        is_pooled: Whether runs that differ only in their seed share figures.
    """

    kind: ResultKind = ResultKind.FIGURES
    form: ResultFormat = ResultFormat.CSV
    slice_names: Sequence[str] = SIDE_BY_SIDE
    test_mask: Mask | None = None
    is_pooled: bool = True


@dataclass(frozen=True)
class ResultExport:
    """What was written, with how many rows: of images, or of experiments on a slice."""

    path: Path
    rows: int


def export_results(
    workspace: Workspace, run_ids: Sequence[int], out: Path, wanted: Wanted
) -> ResultExport:
    """Write figures or predictions of finished runs to `out`, which must not exist yet.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If a run has no figures under the mask.
        ExportError: If predictions are wanted in a format that only figures have, if something is
            at `out` already, or if it cannot be written.
    """
    if wanted.form not in FORMATS[wanted.kind]:
        forms = " or ".join(FORMATS[wanted.kind])
        raise ExportError(f"{wanted.kind.capitalize()} cannot be {wanted.form}; choose {forms}.")
    runs = [find_run(workspace, run_id) for run_id in dict.fromkeys(run_ids)]
    with published(out) as partial:
        if wanted.kind is ResultKind.PREDICTIONS:
            table = prediction_rows(workspace, runs, test_mask=wanted.test_mask)
            _write_table(table, partial, wanted.form)
            return ResultExport(out, len(table))
        sets = figure_sets(
            workspace, runs, slice_names=wanted.slice_names, test_mask=wanted.test_mask,
            is_pooled=wanted.is_pooled,
        )  # fmt: skip
        if wanted.form is ResultFormat.JSON:
            text = json.dumps(figure_document(sets, wanted.test_mask), indent=2) + "\n"
            partial.write_text(text, encoding="utf-8")
        elif wanted.form is ResultFormat.LATEX:
            partial.write_text(latex_tables(sets), encoding="utf-8")
        else:
            _write_table(figure_table(sets, wanted.test_mask), partial, wanted.form)
        return ResultExport(out, len(sets))


def _write_table(table: pd.DataFrame, path: Path, form: ResultFormat) -> None:
    if form is ResultFormat.PARQUET:
        table.to_parquet(path, index=False)
    else:
        spreadsheet_safe(table).to_csv(path, index=False, lineterminator="\n")
