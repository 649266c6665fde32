"""Commands for several annotators: FER+'s votes, how far people agree, the label policy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.output import Annotator, AsJson, emit_json, emit_line, emit_table, progress_bar
from core.services import policies
from core.services.datasets import find_dataset
from core.services.vote_importing import VoteReport, import_votes
from core.workspace import Workspace, open_workspace
from db.enums import LabelPolicy

if TYPE_CHECKING:
    from core.services.agreement import PairAgreement

REFUSALS_SHOWN = 20


def votes(
    name: str,
    csv: Annotated[Path, typer.Option(help="FER+'s fer2013new.csv.")],
    as_json: AsJson = False,
) -> None:
    """Import FER+'s votes as second opinions of ten annotators; what is there is left alone."""
    report = bring_in(open_workspace(), csv, name)
    if as_json:
        emit_json(vote_document(report))
    else:
        show_votes(report)


def agreement(name: str, as_json: AsJson = False) -> None:
    """Measure how far annotators agree: overall, per emotion, per pair, by groups."""
    # statsmodels takes seconds to load, which no other command should wait for.
    from core.services.agreement import agreement as measure

    workspace = open_workspace()
    found = measure(workspace, find_dataset(workspace, name).id)
    emotions = [(one.emotion, one.alpha, one.fleiss, one.named) for one in found.emotions]
    both = {"alpha": found.alpha, "fleiss": found.fleiss}
    if as_json:
        emit_json(
            {
                "dataset": name,
                "images": found.images,
                **{which: {"value": one.value, "n": one.n} for which, one in both.items()},
                "emotions": {
                    emotion: {"alpha": alpha.value, "fleiss": fleiss.value, "named": named}
                    for emotion, alpha, fleiss, named in emotions
                },
                "pairs": [_pair(one) for one in found.pairs],
                "groups": [_pair(one) for one in found.groups],
            }
        )
        return
    rows = [("all", _value(found.alpha.value), _value(found.fleiss.value), found.images)]
    rows += [(e, _value(a.value), _value(f.value), named) for e, a, f, named in emotions]
    emit_table(
        f"{name}: agreement", ("emotion", "Krippendorff's alpha", "Fleiss' kappa", "faces"), rows
    )
    pairs = [*found.pairs, *found.groups]
    rows = [(p.first, p.second, _value(p.kappa.value), p.kappa.n) for p in pairs]
    emit_table("Pairs of annotators and of groups", ("first", "second", "kappa", "faces"), rows)


def policy(
    name: str,
    chosen: Annotated[
        LabelPolicy | None, typer.Option("--set", help="Whose judgement the labels follow.")
    ] = None,
    annotator: Annotator = "me",
    as_json: AsJson = False,
) -> None:
    """Say whose judgement the labels of a data set follow, or set it and apply it."""
    workspace = open_workspace()
    dataset = find_dataset(workspace, name)
    if chosen is None:
        if as_json:
            emit_json({"dataset": name, "policy": dataset.label_policy})
        else:
            emit_line(f"The labels of {name} are {dataset.label_policy}.")
        return
    done = policies.set_policy(workspace, dataset.id, chosen, annotator=annotator)
    if as_json:
        emit_json({"dataset": name, "policy": chosen, "changed": done.changed, "batch": done.batch})
    else:
        undo = f"; `feelingit undo {done.batch}` takes the labels back" if done.batch else ""
        emit_line(f"The labels of {name} are {chosen} now; {done.changed:,} changed{undo}.")


def bring_in(workspace: Workspace, csv: Path, name: str) -> VoteReport:
    """Import votes with a progress bar and return the report."""
    with progress_bar(f"Importing {csv.name}") as bar:
        return import_votes(workspace, csv, name=name, on_progress=bar.update)


def vote_document(report: VoteReport) -> dict[str, Any]:
    """Return the report as it stands in a JSON document."""
    return {
        "dataset": report.dataset,
        "matched": report.matched,
        "already": report.already,
        "unmatched": report.unmatched,
        "votes": report.votes,
        "left_out": report.left_out,
        "refused": [{"where": one.where, "why": one.why} for one in report.refused],
        "batch": report.batch,
        "seconds": round(report.seconds, 3),
    }


def show_votes(report: VoteReport) -> None:
    """Print the report."""
    emit_line(
        f"{report.dataset}: {report.votes:,} votes added on {report.matched - report.already:,} "
        f"faces, {report.already:,} had theirs already, {report.unmatched:,} rows without a face "
        f"here, {report.left_out:,} votes for no emotion of ours, in {report.seconds:.1f} s."
    )
    if report.batch:
        emit_line(f"`feelingit undo {report.batch}` takes FER+'s votes back.")
    if report.refused:
        rows = [(one.where, one.why) for one in report.refused[:REFUSALS_SHOWN]]
        emit_table(f"Refused ({len(report.refused):,})", ("where", "why"), rows)


def _pair(one: "PairAgreement") -> dict[str, Any]:
    kappa = one.kappa
    return {"first": one.first, "second": one.second, "kappa": kappa.value, "n": kappa.n}


def _value(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


COMMANDS = (votes, agreement, policy)
