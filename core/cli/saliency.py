"""The command that sets what a network looks at beside what people look at."""

from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table
from core.cli.waiting import wait_for_job
from core.errors import NotReadyError
from core.services import saliency as maps
from core.workspace import Workspace, open_workspace
from db.enums import JobStatus, SaliencyMethod


def saliency(
    run: Annotated[int, typer.Argument(help="Id of the run, from `feelingit runs`.")],
    method: Annotated[
        SaliencyMethod, typer.Option(help="How the network's maps are computed.")
    ] = SaliencyMethod.GRAD_CAM,
    as_json: AsJson = False,
) -> None:
    """Compute a run's mean saliency maps where they are missing and score them."""
    workspace = open_workspace()
    try:
        document = maps.result_document(workspace, run, method)
    except NotReadyError:
        _compute(workspace, run, method)
        document = maps.result_document(workspace, run, method)
    if as_json:
        emit_json(document)
    else:
        _show(document)


def _compute(workspace: Workspace, run: int, method: SaliencyMethod) -> None:
    job = maps.enqueue_saliency(workspace, run, method)
    ended = wait_for_job(workspace, job.id, f"Maps of run {run}")
    if ended.status is not JobStatus.DONE:
        raise NotReadyError(
            f"The maps of run {run} were not computed, job {job.id} {ended.status}: "
            f"{ended.error or 'it was stopped'}; see `feelingit logs {job.id}`."
        )


def _show(document: dict[str, Any]) -> None:
    rows = [
        (emotion, one["n"], _number(one["correlation"]), _number(one["similarity"]))
        for emotion, one in document["scores"].items()
    ]
    emit_table(
        f"Run {document['run']}: {document['method']} beside the human map",
        ("emotion", "n", "correlation", "similarity"),
        rows,
    )
    emit_line(f"Mean correlation {_number(document['mean_correlation'])}. {document['source']}")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


COMMANDS = (saliency,)
