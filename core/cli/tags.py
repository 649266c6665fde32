"""The command that shows and sets the tags of a data set."""

from typing import Annotated

import typer

from core.cli.output import AsJson, emit_json, emit_table
from core.services import tagging
from core.services.datasets import find_dataset
from core.workspace import open_workspace


def tags(
    name: Annotated[str, typer.Argument(help="The data set.")],
    offer: Annotated[
        list[str] | None,
        typer.Option(help="Offer annotators this tag; repeat it for each, in order."),
    ] = None,
    usual: Annotated[bool, typer.Option("--usual", help="Offer the usual tags again.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the tags of a data set with how many kept images have each, or choose those offered.

    Images keep tags that are offered no more.
    """
    if offer and usual:
        raise typer.BadParameter("give --offer or --usual, not both.", param_hint="--usual")
    workspace = open_workspace()
    dataset_id = find_dataset(workspace, name).id
    if offer or usual:
        tagging.set_tag_list(workspace, dataset_id, offer or [])
    offered = tagging.tag_list(workspace, dataset_id)
    counts = tagging.tag_counts(workspace, dataset_id)
    if as_json:
        emit_json({"dataset": name, "offered": offered, "images": counts})
        return
    rows = [(tag, n, "yes" if tag in offered else "no") for tag, n in counts.items()]
    emit_table(f"{name}: tags", ("tag", "images", "offered"), rows)


COMMANDS = (tags,)
