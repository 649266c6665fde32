"""Commands that bring data in and say what is there."""

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, progress_bar
from core.cli.voting import bring_in, show_votes, vote_document
from core.services import datasets as sets
from core.services.importing import ImportReport, import_path
from core.services.sampling import make_sample
from core.services.vote_importing import VoteReport
from core.workspace import open_workspace
from db.enums import EMOTIONS

REFUSALS_SHOWN = 20


def sample(
    name: Annotated[str, typer.Argument(help="Name of the new data set.")] = "sample",
    images: Annotated[int, typer.Option(help="How many faces, copies included.")] = 1000,
    seed: Annotated[int, typer.Option(help="Same seed, same faces.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Draw sample faces with planted faults and import them."""
    workspace = open_workspace()
    with progress_bar("Drawing and importing") as bar:
        report = make_sample(
            workspace,
            name=name,
            n_images=images,
            seed=seed,
            on_progress=lambda state: bar.update(state.done, state.total),
        )
    _show_report(report, as_json=as_json)


def import_(
    path: Annotated[
        Path, typer.Argument(help="Kaggle or FER folders, fer2013.csv(.gz), or a zip of these.")
    ],
    name: Annotated[str, typer.Option(help="Name of the data set.")],
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="A class of the source and ours: --map anger=angry."),
    ] = None,
    votes: Annotated[
        Path | None, typer.Option(help="FER+'s fer2013new.csv: its votes on these images.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import images; what is there already is left alone, what cannot be used is listed."""
    workspace = open_workspace()
    with progress_bar(f"Importing {path.name}") as bar:
        report = import_path(
            workspace,
            path,
            name=name,
            mapping=_mapping(mapping or []),
            on_progress=lambda state: bar.update(state.done, state.total),
        )
    voted = bring_in(workspace, votes, name) if votes else None
    _show_report(report, as_json=as_json, voted=voted)


import_.__name__ = "import"


def datasets(as_json: AsJson = False) -> None:
    """List the data sets with their images per split and emotion."""
    workspace = open_workspace()
    found = []
    for dataset in sets.datasets(workspace):
        splits: dict[str, dict[str, int]] = {}
        for count in sets.counts(workspace, dataset.id):
            splits.setdefault(count.split, {})[count.emotion] = count.original
        progress = sets.progress(workspace, dataset.id)
        found.append(
            {
                "name": dataset.name,
                "images": progress.images,
                "kept": progress.kept,
                "splits": splits,
            }
        )
    if as_json:
        emit_json({"datasets": found})
    elif found:
        rows = [(one["name"], one["images"], one["kept"]) for one in found]
        emit_table("Data sets", ("name", "images", "kept"), rows)
    else:
        emit_line("No data set yet; run `feelingit sample` or `feelingit import PATH --name NAME`.")


def summary(name: str, as_json: AsJson = False) -> None:
    """Count images per split and emotion, as imported and as cleaned (Table 1, Figure 1)."""
    workspace = open_workspace()
    dataset = sets.find_dataset(workspace, name)
    counts = sets.counts(workspace, dataset.id)
    progress = sets.progress(workspace, dataset.id)
    if as_json:
        emit_json(_summary_document(name, counts, progress))
        return
    of = {(count.split, count.emotion): count for count in counts}
    splits_used = list(dict.fromkeys(count.split for count in counts))
    columns = [f"{split}{suffix}" for split in splits_used for suffix in ("", " cleaned")]
    rows = [
        (
            emotion,
            *(n for s in splits_used for n in (of[s, emotion].original, of[s, emotion].current)),
        )
        for emotion in EMOTIONS
    ]
    emit_table(f"{name}: images as imported and as cleaned", ("emotion", *columns), rows)
    emit_line(
        f"{progress.kept:,} of {progress.images:,} kept, {progress.touched:,} looked at, "
        f"{progress.relabeled:,} relabeled."
    )


def _summary_document(
    name: str, counts: list[sets.Count], progress: sets.Progress
) -> dict[str, object]:
    splits: dict[str, dict[str, dict[str, int]]] = {}
    for count in counts:
        cell = {"original": count.original, "current": count.current}
        splits.setdefault(count.split, {})[count.emotion] = cell
    return {
        "dataset": name,
        "images": progress.images,
        "kept": progress.kept,
        "dropped": progress.dropped,
        "touched": progress.touched,
        "relabeled": progress.relabeled,
        "splits": splits,
    }


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        source, separator, ours = pair.partition("=")
        if not separator or not source or not ours:
            raise typer.BadParameter(
                f"{pair!r} is not of the form anger=angry.", param_hint="--map"
            )
        mapping[source] = ours
    return mapping


def _show_report(report: ImportReport, *, as_json: bool, voted: VoteReport | None = None) -> None:
    if as_json:
        document: dict[str, Any] = {
            "dataset": report.dataset,
            "added": report.added,
            "already": report.already,
            "refused": [{"where": one.where, "why": one.why} for one in report.refused],
            "seconds": round(report.seconds, 3),
        }
        emit_json(document | ({"votes": vote_document(voted)} if voted else {}))
        return
    emit_line(
        f"{report.dataset}: {report.added:,} added, {report.already:,} there already, "
        f"{len(report.refused):,} refused, in {report.seconds:.1f} s."
    )
    if report.refused:
        rows = [(one.where, one.why) for one in report.refused[:REFUSALS_SHOWN]]
        emit_table("Refused", ("where", "why"), rows)
        left = len(report.refused) - len(rows)
        if left > 0:
            emit_line(f"... and {left:,} more; --json lists all of them.")
    if voted:
        show_votes(voted)


COMMANDS = (sample, import_, datasets, summary)
