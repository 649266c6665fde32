"""The command that sets the tiles of a face that a network needs beside those that people need."""

from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, percent
from core.cli.saliency import compute
from core.errors import NotReadyError
from core.services import tiles as trials
from core.workspace import open_workspace
from db.enums import SaliencyMethod


def tiles(
    run: Annotated[int, typer.Argument(help="Id of the run, from `feelingit runs`.")],
    as_json: AsJson = False,
) -> None:
    """Give a run the tile task of Wegrzyn et al. 2017 where it had none, and show what it needs."""
    workspace = open_workspace()
    try:
        document = trials.result_document(workspace, run)
    except NotReadyError:
        compute(workspace, run, SaliencyMethod.TILES)
        document = trials.result_document(workspace, run)
    if as_json:
        emit_json(document)
    else:
        _show(document)


def _show(document: dict[str, Any]) -> None:
    rows = [
        (emotion, one["n_images"], percent(one["counted_share"]),
         _number(one["correlation"]), _number(one["untrained"]))
        for emotion, one in document["emotions"].items()
    ]  # fmt: skip
    emit_table(
        f"Run {document['run']}: tiles that it needs beside those of people",
        ("emotion", "images", "right and sure", "correlation", "untrained"),
        rows,
    )
    emit_line(
        "Right and sure: trials in which the emotion reached a probability of one half within 16 "
        f"of 48 tiles. {document['source']}"
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


COMMANDS = (tiles,)
