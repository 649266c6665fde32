"""The command that asks whether covering a part hurts where saliency says."""

from typing import Annotated

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, percent
from core.maps.built_in import DEFAULT_KEY
from core.services import covering as services
from core.workspace import open_workspace
from db.enums import SaliencyMethod


def covering(
    run: Annotated[int, typer.Argument(help="Id of a run that was trained on whole faces.")],
    method: Annotated[
        SaliencyMethod, typer.Option(help="How the network's maps were computed.")
    ] = SaliencyMethod.GRAD_CAM,
    human: Annotated[
        str, typer.Option(help="Key of the human maps, from `feelingit human-maps`.")
    ] = DEFAULT_KEY,
    as_json: AsJson = False,
) -> None:
    """Say whether covering a part costs recall where the network looks, or where people do."""
    document = services.covering_document(
        services.covering(open_workspace(), run, method, source=human)
    )
    if as_json:
        emit_json(document)
        return
    rows = [
        (one["emotion"], one["mask"], one["n"], percent(one["drop"]), _share(one["network_share"]),
         _share(one["human_share"]), _share(one["area_share"]))
        for one in document["points"]
    ]  # fmt: skip
    emit_table(
        f"Run {run}: recall lost, and what lies under the mask",
        ("emotion", "mask", "n", "recall lost", "network", "people", "of the face"),
        rows,
    )
    for name in ("network", "human", "area"):
        found = document[name]
        emit_line(
            f"Rank correlation with the share of {name}: {_number(found['rho'])}, p "
            f"{_number(found['p_value'])}, {found['n']} points."
        )


def _share(value: float | None) -> str:
    return "-" if value is None else percent(value)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


COMMANDS = (covering,)
