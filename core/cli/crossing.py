"""The command that crosses train masks with test masks."""

from math import isnan
from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, percent, say
from core.cli.tested import SliceName
from core.errors import NotReadyError
from core.jobs.launch import ensure_supervisor
from core.services import experiments, versions
from core.services.crossing import Crossing, crossing, missing
from core.services.evaluating import enqueue_evaluations
from core.services.slicing import ImageSlice
from core.workspace import open_workspace
from db.enums import JobStatus, Mask, ModelName


def crossing_table(
    version: Annotated[str, typer.Argument(help="Version of the runs, from `feelingit freeze`.")],
    model: Annotated[ModelName, typer.Option(help="Whose runs.")] = ModelName.FAST,
    slice_name: SliceName = ImageSlice.ALL.value,
    fill: Annotated[
        bool, typer.Option("--fill", help="Queue the tests that cells without a figure need.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Cross what was covered in training with what is covered in testing, controls beside masks."""
    workspace = open_workspace()
    found_version = versions.find_version(workspace, version)
    runs = [
        run
        for run in experiments.runs(workspace)
        if run.version_id == found_version.id
        and run.model is model
        and run.status is JobStatus.DONE
    ]
    if not runs:
        raise NotReadyError(
            f"No run of {model} on version {version} is done; see `feelingit runs`."
        )
    found = crossing(workspace, runs, model, slice_name=slice_name, is_whole=True)
    lacking = missing(workspace, found)
    jobs = enqueue_evaluations(workspace, lacking) if fill else []
    if jobs:
        ensure_supervisor(workspace)
    if as_json:
        emit_json(_document(found, slice_name, lacking) | {"queued": [job.id for job in jobs]})
        return
    _show(found, slice_name)
    n_tests = sum(map(len, lacking.values()))
    if fill:
        emit_line(f"{len(jobs)} jobs are queued; `feelingit jobs` shows them.")
    elif n_tests:
        say(f"{n_tests} tests are missing; --fill queues them.")


crossing_table.__name__ = "crossing"


def _show(found: Crossing, slice_name: str) -> None:
    rows = [
        (mask.value, ", ".join(str(run.id) for run in runs),
         *(percent(None if isnan(one) else one) for one in line.tolist()))
        for mask, runs, line in zip(found.train_masks, found.runs, found.accuracy, strict=True)
    ]  # fmt: skip
    columns = ("trained with", "runs", *(mask.value for mask in found.test_masks))
    emit_table(f"Accuracy by what was covered in testing ({slice_name})", columns, rows)


def _document(found: Crossing, slice_name: str, lacking: dict[int, list[Mask]]) -> dict[str, Any]:
    """Return a matrix ready for JSON; shares and differences as fractions, null where untested."""
    return {
        "slice": slice_name,
        "test_masks": [mask.value for mask in found.test_masks],
        "rows": [
            {
                "mask": mask.value,
                "runs": [run.id for run in found.runs[row]],
                "cells": {
                    test.value: _cell(found, row, column)
                    for column, test in enumerate(found.test_masks)
                },
            }
            for row, mask in enumerate(found.train_masks)
        ],
        "missing": {str(run): [mask.value for mask in masks] for run, masks in lacking.items()},
    }


def _cell(found: Crossing, row: int, column: int) -> dict[str, Any] | None:
    if isnan(found.accuracy[row, column]):
        return None
    names = ("accuracy", "low", "high", "beyond", "beyond_low", "beyond_high")
    values = {name: float(getattr(found, name)[row, column]) for name in names}
    shown = {name: None if isnan(value) else value for name, value in values.items()}
    return {"n": int(found.n[row, column])} | shown


COMMANDS = (crossing_table,)
