"""Commands that write what runs came to for others: figures, predictions, reports."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import AsJson, emit_json, emit_line, progress_bar, size
from core.cli.tested import SliceName, TestMask
from core.jobs.inference import export_onnx
from core.services.figure_sets import SIDE_BY_SIDE
from core.services.report.parts import Scope
from core.services.report.writing import write_report
from core.services.result_exports import ResultFormat, ResultKind, Wanted
from core.services.result_exports import export_results as write_results
from core.services.slicing import ImageSlice
from core.workspace import open_workspace

Runs = Annotated[list[int], typer.Argument(help="Finished runs, from `feelingit runs`.")]


def export_results(  # noqa: PLR0913  (each argument is an option of the command)
    runs: Runs,
    out: Annotated[Path, typer.Argument(help="What to write; nothing may be there yet.")],
    to: Annotated[
        ResultFormat, typer.Option(help="How; JSON and LaTeX are for figures.")
    ] = ResultFormat.CSV,
    what: Annotated[
        ResultKind,
        typer.Option(help="Figures with 95 % intervals, or what was said of every test image."),
    ] = ResultKind.FIGURES,
    slice_name: Annotated[
        list[str] | None,
        typer.Option(
            "--slice",
            help="Which test images figures are of: all, leak-free, relabeled, tag:NAME ...; "
            "all and leak-free when not given.",
        ),
    ] = None,
    mask: TestMask = None,
    apart: Annotated[
        bool, typer.Option("--apart", help="Figures of every run; seeds are pooled otherwise.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write figures of runs (csv, parquet, json, latex) or their predictions (csv, parquet)."""
    wanted = Wanted(
        kind=what, form=to, slice_names=tuple(slice_name or SIDE_BY_SIDE), test_mask=mask,
        is_pooled=not apart,
    )  # fmt: skip
    done = write_results(open_workspace(), runs, out.expanduser(), wanted)
    if as_json:
        emit_json({"path": str(done.path), "what": what, "to": to, "rows": done.rows})
        return
    rows = "predictions" if what is ResultKind.PREDICTIONS else "sets of figures"
    emit_line(f"{done.rows:,} {rows} are in {done.path}.")


export_results.__name__ = "export-results"


def report(
    runs: Runs,
    out: Annotated[
        Path, typer.Option(help="The HTML file to write; nothing may be there yet.")
    ] = Path("report.html"),
    slice_name: SliceName = ImageSlice.ALL.value,
    mask: TestMask = None,
    as_json: AsJson = False,
) -> None:
    """Write data, cleaning, figures and provenance of runs as one HTML file to read or print."""
    with progress_bar("Report") as bar:
        n_bytes = write_report(
            open_workspace(), runs, out.expanduser(),
            scope=Scope(slice_name=slice_name, test_mask=mask), on_progress=bar.update,
        )  # fmt: skip
    if as_json:
        emit_json({"path": str(out), "runs": runs, "bytes": n_bytes})
    else:
        emit_line(f"The report is {out} ({size(n_bytes)}); any browser opens it, offline too.")


def export_model(
    run: Annotated[int, typer.Argument(help="A finished run, from `feelingit runs`.")],
    out: Annotated[Path, typer.Argument(help="The .onnx file; nothing may be there yet.")],
    as_json: AsJson = False,
) -> None:
    """Write a run's network as an ONNX file with preprocessing, test views and label order."""
    done = export_onnx(open_workspace(), run, out.expanduser())
    if as_json:
        emit_json({"run": run, "path": str(done.path), "bytes": done.n_bytes,
                   "difference": done.difference})  # fmt: skip
        return
    emit_line(
        f"Run {run} is in {done.path} ({size(done.n_bytes)}); in onnxruntime it differs from torch "
        f"by {done.difference:.1g} at most. Its metadata says what it takes."
    )


export_model.__name__ = "export-model"

COMMANDS = (export_results, export_model, report)
