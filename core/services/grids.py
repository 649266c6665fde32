"""Grids of training runs: many cells queued at once, in one transaction, under one name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from core.configs import Protocol, Setting, TrainConfig, masks_to_test, preset
from core.errors import ConfigError
from core.services import estimates
from core.services.estimates import Estimate
from core.services.experiments import add_run
from core.services.landmarks import require_landmarks
from core.services.origins import require_origins
from core.services.versions import find_version
from core.workspace import Workspace
from db.enums import STUDY_MASKS, Mask, ModelName
from db.repositories import job_lists
from db.repositories import runs as stored
from db.rows import RunRow

MOST_RUNS = 1_000


class Cell(NamedTuple):
    """A model with the part of the face that is covered."""

    model: ModelName
    mask: Mask


# The study's table: each network plain, with its regularisation, and that with each band covered.
STUDY_GRID: tuple[Cell, ...] = tuple(
    cell
    for plain, baseline in (
        (ModelName.VGG16, ModelName.VGG16_BN),
        (ModelName.RESNET50, ModelName.RESNET50_REG),
    )
    for cell in (Cell(plain, Mask.NONE), *(Cell(baseline, mask) for mask in STUDY_MASKS))
)


@dataclass(frozen=True, kw_only=True)
class GridRequest:
    """Runs to queue: every cell with every seed.

    Attributes:
        version: Digest of the frozen version to train on.
        cells: Models with masks.
        seeds: One run of each cell for each.
        overrides: Settings that replace those of every model's recipe.
        test_masks: Masks to test each run under besides its own; `none` is the uncovered face.
        protocol: Who is trained on, who chooses the epoch and who is tested.
    """

    version: str
    cells: tuple[Cell, ...]
    seeds: tuple[int, ...] = (0,)
    overrides: Mapping[str, Setting] = field(default_factory=dict)
    test_masks: tuple[Mask, ...] = ()
    protocol: Protocol = Protocol.HONEST


def crossed(models: Iterable[ModelName], masks: Iterable[Mask]) -> tuple[Cell, ...]:
    """Return every model with every mask, model by model."""
    chosen = tuple(masks)
    return tuple(Cell(model, mask) for model in models for mask in chosen)


def configs(request: GridRequest) -> list[TrainConfig]:
    """Return the settings of every run of a grid, in the order in which they are to run.

    Raises:
        ConfigError: If there is no run to make, there are too many, or a setting cannot work.
    """
    n_runs = len(request.cells) * len(request.seeds)
    if not 1 <= n_runs <= MOST_RUNS:
        raise ConfigError(
            f"These models, masks and seeds make {n_runs:,} runs; choose 1 to {MOST_RUNS:,}."
        )
    settings = {**request.overrides, "protocol": request.protocol}
    return [
        preset(cell.model, **{**settings, "mask": cell.mask, "seed": seed})
        for seed in request.seeds
        for cell in request.cells
    ]


def estimate(workspace: Workspace, request: GridRequest) -> Estimate:
    """Return what a grid would cost on this machine.

    Raises:
        UnknownVersionError: If there is no such version.
        ConfigError: As `configs`.
    """
    return estimates.estimate(workspace, request.version, configs(request))


def queue_grid(workspace: Workspace, request: GridRequest) -> list[RunRow]:
    """Queue every run of a grid, or none where something is wrong, and return them in order.

    Raises:
        UnknownVersionError: If there is no such version.
        ConfigError: As `configs`, or where a test mask is random.
        MissingLandmarksError: If a mask follows landmarks and a face of the version has none.
        WeightsFileError: If there is no file with the initial weights.
    """
    wanted = configs(request)
    version_id = find_version(workspace, request.version).id
    for config in wanted:
        require_landmarks(workspace, version_id, masks_to_test(config, request.test_masks))
        require_origins(workspace, version_id, config)
    with workspace.writing() as session:
        name = job_lists.next_grid(session)
        run_ids = [
            add_run(session, version_id, config, test_masks=request.test_masks, grid=name)
            for config in wanted
        ]
    with workspace.reading() as session:
        return stored.by_ids(session, run_ids)
