"""Commands that clean a data set: copies, single labels, history, undo."""

from typing import Annotated

import typer

from core.cli.output import Annotator, AsJson, emit_json, emit_line, emit_table, percent
from core.services import curation, undoing, voting
from core.services import duplicates as copies
from core.services.datasets import find_dataset
from core.workspace import open_workspace
from db.enums import Emotion


def duplicates(name: str, as_json: AsJson = False) -> None:
    """Count pixel-identical images among the kept ones, and what they leak between splits."""
    workspace = open_workspace()
    report = copies.exact_report(workspace, find_dataset(workspace, name).id)
    exact = {
        "groups": report.groups,
        "images": report.images,
        "surplus": report.surplus,
        "cross_split_groups": report.cross_split_groups,
        "conflicting_groups": report.conflicting_groups,
    }
    if as_json:
        leakage = {
            split: {"images": leak.images, "share": leak.share}
            for split, leak in report.leakage.items()
        }
        emit_json({"exact": exact, "leakage": leakage})
        return
    emit_table(f"{name}: exact duplicates", ("figure", "n"), exact.items())
    rows = [(split, leak.images, percent(leak.share)) for split, leak in report.leakage.items()]
    emit_table("Images with a twin across splits", ("split", "images", "share"), rows)


def dedupe(
    name: str,
    annotator: Annotator = "me",
    keep: Annotated[
        str, typer.Option(help="Which copy stays: 'first' (a training copy, then the earliest).")
    ] = "first",
    as_json: AsJson = False,
) -> None:
    """Drop the surplus copies of each group, as one batch that `feelingit undo` takes back."""
    if keep != "first":
        raise typer.BadParameter(f"{keep!r} is not a rule; use 'first'.", param_hint="--keep")
    workspace = open_workspace()
    dataset = find_dataset(workspace, name)
    done = copies.dedupe(workspace, dataset.id, annotator=annotator)
    if as_json:
        emit_json({"batch": done.batch, "dropped": done.dropped, "remaining": done.remaining})
    elif done.batch is None:
        emit_line(f"{name} has no surplus copies; {done.remaining:,} images remain.")
    else:
        emit_line(
            f"{done.dropped:,} copies dropped, {done.remaining:,} images remain; "
            f"`feelingit undo {done.batch}` takes it back."
        )


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


COMMANDS = (duplicates, dedupe, label, history, undo)
