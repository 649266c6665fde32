"""Commands that queue grids of runs and tell what they cost."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer

from core.cli import recipes
from core.cli.output import AsJson, emit_json, emit_line, emit_table
from core.configs import Protocol
from core.jobs.launch import ensure_supervisor
from core.services import grids
from core.services.estimates import Cost, Estimate, in_words
from core.services.grids import STUDY_GRID, GridRequest
from core.workspace import open_workspace
from db.enums import Mask, ModelName
from db.rows import RunRow

Name = TypeVar("Name", bound=StrEnum)
Models = Annotated[str, typer.Option(help="Networks with commas between: fast,vgg16-bn.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what it would cost.")]
Masks = Annotated[str, typer.Option(help="Masks to train under, with commas: none,eyes.")]
TestMasks = Annotated[str, typer.Option(help="Masks to test under besides each run's own.")]


def grid(  # noqa: PLR0913  (each argument is an option of the command)
    version: Annotated[str, typer.Option(help="Version to train on, from `feelingit freeze`.")],
    models: Models = ModelName.FAST,
    masks: Masks = Mask.NONE,
    seeds: Annotated[str, typer.Option(help="One run of each for each seed: 0,1,2.")] = "0",
    study: Annotated[
        bool, typer.Option("--study", help="The study's table: ten rows; no --models or --masks.")
    ] = False,
    test_masks: TestMasks = "",
    protocol: Annotated[
        Protocol, typer.Option(help="Who is trained on, chooses and is tested.")
    ] = Protocol.HONEST,
    epochs: Annotated[int | None, typer.Option(help="At most this many epochs.")] = None,
    image_size: Annotated[int | None, typer.Option(help="Side of the faces in pixels.")] = None,
    set_: recipes.SetOption = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Queue every model with every mask and seed, at once or not at all, and estimate the time."""
    asked = recipes.settings(set_ or []) | recipes.given(epochs=epochs, image_size=image_size)
    chosen = grids.crossed(_named(models, ModelName), _named(masks, Mask))
    request = GridRequest(
        version=version,
        cells=STUDY_GRID if study else chosen,
        seeds=_seeds(seeds),
        overrides=asked,
        test_masks=_named(test_masks, Mask),
        protocol=protocol,
    )
    workspace = open_workspace()
    cost = grids.estimate(workspace, request)
    queued: list[RunRow] = []
    if not dry_run:
        queued = grids.queue_grid(workspace, request)
        ensure_supervisor(workspace)
    if as_json:
        emit_json(_document(cost, queued))
    else:
        _show(cost, queued)


def _named(text: str, kind: type[Name]) -> tuple[Name, ...]:
    """Return the members that a list with commas names, in its order."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = [member.value for member in kind]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise typer.BadParameter(f"there is no {unknown[0]!r}; choose from {', '.join(known)}")
    return tuple(kind(name) for name in dict.fromkeys(names))


def _seeds(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() for part in parts):
        raise typer.BadParameter(f"{text!r} are no seeds; give whole numbers: 0,1,2")
    return tuple(int(part) for part in dict.fromkeys(parts))


def _document(cost: Estimate, queued: Sequence[RunRow]) -> dict[str, Any]:
    return {
        "runs": [
            {"run": run.id, "job": run.job_id, "model": run.model, "mask": run.mask,
             "seed": run.seed, "status": run.status}
            for run in queued
        ],
        "n_runs": len(cost.costs),
        "seconds": round(cost.total_s),
        "seconds_ahead": round(cost.ahead_s),
        "models": [
            {"model": one.config.model, "image_size": one.config.image_size,
             "epochs": one.config.epochs, "images_per_second": round(one.images_per_s, 1),
             "is_measured": one.is_measured, "seconds_per_epoch": round(one.epoch_s, 1),
             "seconds_per_run": round(one.run_s)}
            for one in cost.by_recipe
        ],
    }  # fmt: skip


def _show(cost: Estimate, queued: Sequence[RunRow]) -> None:
    emit_table(
        f"{len(cost.costs)} runs, {in_words(cost.total_s)} at most",
        ("model", "side in px", "an epoch", "a run at most", "pace known from"),
        [_line(one) for one in cost.by_recipe],
    )
    if cost.ahead_s:
        emit_line(f"What is queued already takes {in_words(cost.ahead_s)} before that.")
    if cost.small:
        seconds = sum(one.run_s for one in cost.small)
        emit_line(f"With --image-size 48 it would be {in_words(seconds)}.")
    if queued:
        emit_line(
            f"Queued as runs {queued[0].id} to {queued[-1].id}; `feelingit jobs` shows how they "
            "are doing."
        )


def _line(one: Cost) -> tuple[str, ...]:
    known = "runs of this machine" if one.is_measured else "a table for two cores"
    config = one.config
    return (
        config.model, str(config.image_size), in_words(one.epoch_s), in_words(one.run_s), known
    )  # fmt: skip


COMMANDS = (grid,)
