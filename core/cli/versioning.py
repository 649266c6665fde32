"""Commands that compare, bring back and export versions, and take labels from a file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.output import Annotator, AsJson, emit_json, emit_line, emit_table, progress_bar
from core.services import diffs, exports, label_files, restoring
from core.services.datasets import find_dataset
from core.services.diffs import SPLITS, Change, ChangeKind, VersionDiff
from core.services.exports import ExportFormat
from core.workspace import open_workspace
from db.enums import EMOTIONS

REFUSALS_SHOWN = 20
Start = Annotated[int, typer.Option(min=0, help="How many changed images of a kind to pass over.")]
Dataset = Annotated[
    str | None, typer.Option("--dataset", help="Whose, where several have this version.")
]
Limit = Annotated[int, typer.Option(min=0, help="How many changed images of a kind to list.")]


def diff(
    version_a: Annotated[str, typer.Argument(help="A version, or 'now' for the data set now.")],
    version_b: Annotated[str, typer.Argument(help="A version, or 'now'.")] = diffs.NOW,
    dataset: Dataset = None,
    start: Start = 0,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show what changed from one version to another, or to the data set as it is now."""
    workspace = open_workspace()
    dataset_id = find_dataset(workspace, dataset).id if dataset else None
    found = diffs.diff(workspace, version_a, version_b, dataset_id=dataset_id)
    if as_json:
        emit_json(_diff_document(found, start, limit))
        return
    rows = [
        ("images", found.n_a, found.n_b),
        ("only here", found.count(ChangeKind.ONLY_A), found.count(ChangeKind.ONLY_B)),
    ]
    emit_table("Versions", ("what", version_a, version_b), rows)
    flow = [(one, *found.flow[number].tolist()) for number, one in enumerate(EMOTIONS)]
    emit_table(f"{found.count(ChangeKind.RELABELED):,} relabeled: from row to column",
               ("emotion", *EMOTIONS), flow)  # fmt: skip
    emit_line(
        f"{found.count(ChangeKind.MOVED):,} moved to another split, "
        f"{found.count(ChangeKind.RETAGGED):,} with other tags; --json lists the images."
    )


def restore_version(
    version: Annotated[str, typer.Argument(help="The version, from `feelingit versions`.")],
    annotator: Annotator = "me",
    dataset: Dataset = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would change.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring labels, states and splits back to a version, as one batch that undo takes back."""
    workspace = open_workspace()
    dataset_id = find_dataset(workspace, dataset).id if dataset else None
    batch = None
    if dry_run:
        plan = restoring.preview(workspace, version, dataset_id=dataset_id)
    else:
        done = restoring.restore(workspace, version, annotator=annotator, dataset_id=dataset_id)
        plan, batch = done.plan, done.batch
    if as_json:
        emit_json({"version": version, "dataset": plan.version.dataset, "batch": batch,
                   "images": plan.images, "relabeled": plan.relabeled, "dropped": plan.dropped,
                   "restored": plan.restored, "moved": plan.moved})  # fmt: skip
        return
    would = "would change" if dry_run else "changed"
    emit_line(
        f"{plan.images:,} images of {plan.version.dataset} {would}: {plan.relabeled:,} labels, "
        f"{plan.dropped:,} dropped, {plan.restored:,} brought back, {plan.moved:,} splits."
    )
    if batch:
        emit_line(f"`feelingit undo {batch}` takes it back.")


restore_version.__name__ = "restore-version"


def export(
    name: str,
    out: Annotated[Path, typer.Argument(help="What to write; nothing may be there yet.")],
    to: Annotated[
        ExportFormat,
        typer.Option(
            help="A table, faces in folders <split>/<label>/<file>, or npz for python -m core.ml."
        ),
    ] = ExportFormat.CSV,
    version: Annotated[
        str | None, typer.Option(help="A version of it; without, the state now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a version, or the data set as it is now, with labels, tags, votes and version id."""
    workspace = open_workspace()
    dataset = find_dataset(workspace, name)
    with progress_bar(f"Exporting {name}") as bar:
        report = exports.export(
            workspace, dataset, out.expanduser(), to, version=version, on_progress=bar.update
        )
    if as_json:
        emit_json({"dataset": name, "path": str(report.path), "to": to, "version": report.version,
                   "images": report.images, "kept": report.kept,
                   "seconds": round(report.seconds, 3)})  # fmt: skip
    else:
        emit_line(
            f"{report.images:,} images of {name} ({report.kept:,} kept, version {report.version}) "
            f"are in {report.path}, written in {report.seconds:.1f} s."
        )


def relabel(
    name: str,
    csv: Annotated[Path, typer.Option(help="File with the columns image, label[, reason].")],
    annotator: Annotator = "me",
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing where any line is refused.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, only report.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give images the labels of a CSV file, as one batch that `feelingit undo` takes back."""
    workspace = open_workspace()
    dataset = find_dataset(workspace, name)
    report = label_files.relabel(
        workspace, dataset, csv, annotator=annotator, is_strict=strict, is_dry=dry_run
    )
    if as_json:
        refused = [{"where": one.where, "why": one.why} for one in report.refused]
        emit_json({"changed": report.changed, "confirmed": report.confirmed, "refused": refused,
                   "batch": report.batch})  # fmt: skip
    else:
        _show_relabeled(report, name, is_dry=dry_run)
    if strict and report.refused:
        raise typer.Exit(1)


def _show_relabeled(report: label_files.LabelReport, name: str, *, is_dry: bool) -> None:
    would = "Would be: " if is_dry else ""
    emit_line(
        f"{would}{report.changed:,} labels of {name} changed, {report.confirmed:,} confirmed, "
        f"{len(report.refused):,} lines refused."
    )
    if report.refused:
        rows = [(one.where, one.why) for one in report.refused[:REFUSALS_SHOWN]]
        emit_table("Refused", ("where", "why"), rows)
    if report.batch:
        emit_line(f"`feelingit undo {report.batch}` takes it back.")


def _diff_document(found: VersionDiff, start: int, limit: int) -> dict[str, Any]:
    return {
        "a": found.a,
        "b": found.b,
        "images_a": found.n_a,
        "images_b": found.n_b,
        "matched": found.matched,
        **{kind.value: found.count(kind) for kind in ChangeKind},
        "emotions": list(EMOTIONS),
        "flow": found.flow.tolist(),
        "splits": list(SPLITS),
        "split_moves": found.moves.tolist(),
        "changes": {
            kind.value: [_change_document(c) for c in found.page(kind, start=start, limit=limit)]
            for kind in ChangeKind
        },
    }


def _change_document(change: Change) -> dict[str, Any]:
    sides = {"a": change.before, "b": change.after}
    return {
        "image": change.present.source_path,
        "id": change.image_id,
        **{
            side: one and {"label": one.label, "split": one.split, "tags": one.tags}
            for side, one in sides.items()
        },
    }


COMMANDS = (diff, restore_version, export, relabel)
