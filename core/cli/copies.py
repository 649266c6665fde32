"""Commands on copies: count them, drop them, keep them out of other splits."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from core.cli.output import Annotator, AsJson, emit_json, emit_line, emit_table, percent
from core.cli.waiting import wait_for_job
from core.errors import NotReadyError
from core.quality.embedding_pairs import THOUSANDTHS
from core.quality.leak_free import SplitPair
from core.services import duplicates as exact_copies
from core.services.datasets import find_dataset
from core.services.duplicates import DuplicateReport
from core.services.embeddings import enqueue_embedding
from core.services.near_duplicates import (
    LEAST_SIMILARITY,
    NEAR_SIMILARITY,
    Found,
    find,
    find_by_run,
)
from core.services.scanning import Likeness
from core.services.splitting import Separation, preview, separate
from core.workspace import Workspace, open_workspace
from db.enums import JobStatus

Near = Annotated[
    int | None,
    typer.Option(
        metavar="BITS",
        help="Count near copies too: perceptual hashes that differ in at most 0 to 16 of 64 bits.",
    ),
]
Run = Annotated[
    int | None,
    typer.Option(help="Count faces that this run's network finds alike too, see `feelingit runs`."),
]
Similarity = Annotated[
    float,
    typer.Option(
        min=LEAST_SIMILARITY, max=1.0, help="Smallest similarity to the network that counts."
    ),
]


def duplicates(
    name: str,
    near: Near = None,
    run: Run = None,
    similarity: Similarity = NEAR_SIMILARITY,
    as_json: AsJson = False,
) -> None:
    """Count copies among the kept images, and what they leak between splits.

    With --run that run's network compares the faces first where it has not done so yet.
    """
    workspace = open_workspace()
    dataset_id = find_dataset(workspace, name).id
    report = exact_copies.exact_report(workspace, dataset_id)
    found = (
        [
            find(workspace, dataset_id, likeness, max_distance_bits=near)
            for likeness in (Likeness.NEAR, Likeness.MIRRORED)
        ]
        if near is not None
        else []
    )
    by_run = None if run is None else _by_run(workspace, dataset_id, run, similarity)
    if as_json:
        emit_json(_document(report, found, by_run))
    else:
        _print(name, report, [one for one in (*found, by_run) if one])


def _by_run(workspace: Workspace, dataset_id: int, run: int, similarity: float) -> Found:
    try:
        return find_by_run(workspace, dataset_id, run, min_similarity=similarity)
    except NotReadyError:
        job = enqueue_embedding(workspace, run)
        ended = wait_for_job(workspace, job.id, f"Faces compared by run {run}")
    if ended.status is not JobStatus.DONE:
        raise NotReadyError(
            f"Run {run} did not compare the faces, job {job.id} {ended.status}: "
            f"{ended.error or 'it was stopped'}; see `feelingit logs {job.id}`."
        )
    return find_by_run(workspace, dataset_id, run, min_similarity=similarity)


def _document(report: DuplicateReport, found: list[Found], by_run: Found | None) -> dict[str, Any]:
    figures = asdict(report)
    leakage = figures.pop("leakage")
    document = {"exact": figures}
    if found:
        document["near"] = {"bits": found[0].limit, **_figures(found[0])}
        document["near"]["mirrored"] = _figures(found[1])
    if by_run:
        document["network"] = {"similarity": _similarity(by_run.limit), **_figures(by_run)}
    return {**document, "leakage": leakage}


def _figures(found: Found) -> dict[str, Any]:
    """Return the figures of copies; pairs are of images, verdicts on pairs of pictures."""
    figures: dict[str, Any] = {
        "pairs": found.pairs,
        "exact_pairs": found.exact_pairs,
        "groups": len(found.groups),
        "images": found.images,
        "cross_split_groups": found.cross_split_groups,
        "conflicting_groups": found.conflicting_groups,
        "settled_groups": sum(group.is_settled for group in found.groups),
        "judged_different": found.different,
        "judged_same": found.same,
    }
    if found.likeness is Likeness.NETWORK:
        return {**figures, "not_compared": found.unseen, "per_similarity": _per_hundredth(found)}
    return {**figures, "per_distance": dict(enumerate(found.per_distance))}


def _per_hundredth(found: Found) -> dict[str, int]:
    """Return the number of pairs down to each hundredth of similarity, from the one above."""
    known = found.per_distance
    return {
        f"{_similarity(edge):.2f}": sum(known[max(0, edge - 9) : edge + 1])
        for edge in range(0, len(known), 10)
    }


def _similarity(distance: int) -> float:
    return round(1 - distance / THOUSANDTHS, 3)


def _print(name: str, report: DuplicateReport, found: list[Found]) -> None:
    exact = {key: value for key, value in asdict(report).items() if key != "leakage"}
    emit_table(f"{name}: exact duplicates", ("figure", "n"), exact.items())
    for one in found:
        figures = {key: n for key, n in _figures(one).items() if isinstance(n, int)}
        if one.likeness is Likeness.NETWORK:
            title = f"{name}: {_similarity(one.limit)} or more alike to the network"
            curve, column = list(_per_hundredth(one).items()), "similarity"
        else:
            title = f"{name}: {one.likeness.value} copies within {one.limit} bits"
            curve, column = [(str(bits), n) for bits, n in enumerate(one.per_distance)], "bits"
        emit_table(title, ("figure", "n"), figures.items())
        emit_table(f"{name}: {one.likeness.value} pairs", (column, "pairs"), curve)
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
    done = exact_copies.dedupe(workspace, dataset.id, annotator=annotator)
    if as_json:
        emit_json({"batch": done.batch, "dropped": done.dropped, "remaining": done.remaining})
    elif done.batch is None:
        emit_line(f"{name} has no surplus copies; {done.remaining:,} images remain.")
    else:
        emit_line(
            f"{done.dropped:,} copies dropped, {done.remaining:,} images remain; "
            f"`feelingit undo {done.batch}` takes it back."
        )


def split(
    name: str,
    annotator: Annotator = "me",
    leak_free: Annotated[
        bool, typer.Option("--leak-free", help="Put each group of copies into one split.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give images new splits so that no copy is in two; their original splits stay.

    Each group of exact copies, joined with what was judged to be a copy, goes to the split that
    has most of its images, which moves the fewest; of equals to training, then validation.
    """
    if not leak_free:
        raise typer.BadParameter("say what to do: --leak-free.", param_hint="--leak-free")
    workspace = open_workspace()
    dataset_id = find_dataset(workspace, name).id
    if dry_run:
        done = preview(workspace, dataset_id)
    else:
        done = separate(workspace, dataset_id, annotator=annotator)
    if as_json:
        emit_json(_split_document(done))
        return
    rows = [(_arrow(pair, "/"), n, done.after[pair]) for pair, n in done.before.items()]
    emit_table(f"{name}: groups of copies in two splits", ("splits", "before", "after"), rows)
    moves = [(_arrow(pair, ">"), n) for pair, n in done.moves.items()]
    emit_table("Images to move" if dry_run else "Images moved", ("splits", "images"), moves)
    if done.batch:
        emit_line(f"`feelingit undo {done.batch}` takes it back.")


def _split_document(done: Separation) -> dict[str, Any]:
    return {
        "batch": done.batch,
        "groups": done.groups,
        "moved": done.moved,
        "before": {_arrow(pair, "/"): n for pair, n in done.before.items()},
        "after": {_arrow(pair, "/"): n for pair, n in done.after.items()},
        "moves": {_arrow(pair, ">"): n for pair, n in done.moves.items()},
        "sizes_before": done.sizes_before,
        "sizes_after": done.sizes_after,
    }


def _arrow(pair: SplitPair, sign: str) -> str:
    return sign.join(pair)


COMMANDS = (duplicates, dedupe, split)
