"""The command that says how far a run's saliency maps can be trusted."""

from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table
from core.cli.waiting import wait_for_job
from core.errors import NotReadyError
from core.services import faithfulness as examinations
from core.workspace import Workspace, open_workspace
from db.enums import JobStatus, SaliencyMethod


def faithfulness(
    run: Annotated[int, typer.Argument(help="Id of the run, from `feelingit runs`.")],
    method: Annotated[
        SaliencyMethod, typer.Option(help="The method whose maps are examined.")
    ] = SaliencyMethod.GRAD_CAM,
    as_json: AsJson = False,
) -> None:
    """Say how far a method's maps of a run can be trusted; examine them where that is missing."""
    workspace = open_workspace()
    try:
        document = examinations.result_document(workspace, run, method)
    except NotReadyError:
        _examine(workspace, run, method)
        document = examinations.result_document(workspace, run, method)
    if as_json:
        emit_json(document)
    else:
        _show(document)


def _examine(workspace: Workspace, run: int, method: SaliencyMethod) -> None:
    job = examinations.enqueue_faithfulness(workspace, run, method)
    ended = wait_for_job(workspace, job.id, f"Maps of run {run}")
    if ended.status is not JobStatus.DONE:
        raise NotReadyError(
            f"The maps of run {run} were not examined, job {job.id} {ended.status}: "
            f"{ended.error or 'it was stopped'}; see `feelingit logs {job.id}`."
        )


def _show(document: dict[str, Any]) -> None:
    name = f"Run {document['run']}: {document['method']}, {document['n_images']} test images"
    emit_table(
        f"{name}, area under the label's probability",
        ("curve", "fill", "order", "area", "better than random by"),
        [
            (one["kind"], one["fill"], one["order"], _words(one["area"]), _words(one["gain"]))
            for one in document["curves"]
        ],
    )
    emit_table(
        "Likeness to the trained network's maps, with random weights from the output down",
        ("layers", "down to", "Spearman", "SSIM", "n"),
        [
            (f"{one['share']:.0%}", one["last_layer"], _words(one["spearman"]),
             _words(one["ssim"]), one["n"])
            for one in document["randomisation"]
        ],
    )  # fmt: skip
    for figure in ("sensitivity", "infidelity"):
        found = document[figure]
        words = _words(found["value"]) if found["value"] else f"not computed. {found['why']}"
        emit_line(f"{figure.capitalize()} ({found['n']} images): {words}")
    emit_line(f"{'FLAGGED. ' if document['is_flagged'] else ''}{document['why']}")


def _words(estimate: dict[str, float] | None) -> str:
    if estimate is None:
        return "-"
    return f"{estimate['value']:.3f} ({estimate['low']:.3f} to {estimate['high']:.3f})"


COMMANDS = (faithfulness,)
