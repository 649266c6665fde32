"""Commands that clean a data set: single labels, history, undo."""

from typing import Annotated

import typer

from core.cli.output import Annotator, AsJson, emit_json, emit_line, emit_table
from core.services import curation, undoing, voting
from core.services.datasets import find_dataset
from core.workspace import open_workspace
from db.enums import Emotion


def label(
    image: Annotated[int, typer.Argument(help="Id of the image.")],
    emotion: Annotated[Emotion, typer.Argument(help="Its new label.")],
    annotator: Annotator = "me",
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give one image a label, or a vote where the data set's labels follow several annotators."""
    event = voting.judge(open_workspace(), image, emotion, annotator=annotator, reason=reason)
    if as_json:
        emit_json({"image": image, "kind": event.kind, "old": event.old, "new": event.new,
                   "batch": event.batch})  # fmt: skip
    else:
        emit_line(f"Image {image}: {event.old} > {event.new} ({event.kind}).")


def history(
    name: str,
    limit: Annotated[int, typer.Option(min=1, help="How many of the newest events.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the newest label events of a data set."""
    workspace = open_workspace()
    events = curation.history(workspace, find_dataset(workspace, name).id, limit=limit)
    if as_json:
        emit_json(
            {
                "events": [
                    {
                        "image": event.image_id,
                        "annotator": event.annotator,
                        "kind": event.kind,
                        "old": event.old,
                        "new": event.new,
                        "reason": event.reason,
                        "batch": event.batch,
                        "undoes": event.undoes,
                        "at": event.at.isoformat(),
                    }
                    for event in events
                ]
            }
        )
        return
    rows = [
        (f"{e.at:%Y-%m-%d %H:%M}", e.annotator, str(e.image_id), e.kind, e.old, e.new, e.batch)
        for e in events
    ]
    emit_table(
        f"{name}: newest events",
        ("time (UTC)", "annotator", "image", "kind", "old", "new", "batch"),
        rows,
    )


def undo(
    batch: Annotated[str, typer.Argument(help="Id of the batch, from `feelingit history`.")],
    annotator: Annotator = "me",
    as_json: AsJson = False,
) -> None:
    """Take a batch of events back."""
    changed = undoing.undo(open_workspace(), batch, annotator=annotator)
    if as_json:
        emit_json({"batch": batch, "changed": changed})
    else:
        emit_line(f"{changed:,} images are as they were before batch {batch}.")


COMMANDS = (label, history, undo)
