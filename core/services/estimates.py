"""What training will cost, before it is queued: from this machine's runs, else from a table."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from core.configs import Protocol, TrainConfig
from core.services.versions import find_version
from core.workspace import Workspace
from db.enums import JobKind, JobStatus, ModelName, Split
from db.repositories import jobs as stored_jobs
from db.repositories import runs as stored
from db.repositories import versions as stored_versions
from db.rows import RunRow

SMALL_SIDE_PX = 48  # the faces' own side, at which every model can also be trained
START_S = 10.0  # a job's process, its libraries and the decoded faces, once a run
FEWEST_IMAGES = 2_000  # a run that saw fewer says more about its start than about its pace
# Training images a second on two cores with bfloat16, by model and image size. VGG-16's were timed
# over epochs of FER2013; the others' are 1.8 times what one core did in batches of 32 to 64.
TABLE: Mapping[tuple[ModelName, int], float] = {
    (ModelName.FAST, 48): 770.0,
    (ModelName.STRONG, 48): 44.0,
    (ModelName.VGG16, 48): 93.0,
    (ModelName.VGG16, 128): 13.0,
    (ModelName.VGG16_BN, 48): 85.0,
    (ModelName.VGG16_BN, 128): 12.0,
    (ModelName.RESNET50, 48): 120.0,
    (ModelName.RESNET50, 128): 25.0,
    (ModelName.RESNET50_REG, 48): 120.0,
    (ModelName.RESNET50_REG, 128): 25.0,
}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one run costs at most.

    Attributes:
        config: How it trains.
        n_train: Faces it is trained on in an epoch.
        images_per_s: Training images a second.
        is_measured: Whether that was measured here, on this model at this size; else it is from
            the table or reckoned from another size.
    """

    config: TrainConfig
    n_train: int
    images_per_s: float
    is_measured: bool

    @property
    def epoch_s(self) -> float:
        """Return the seconds of an epoch."""
        return self.n_train / self.images_per_s

    @property
    def run_s(self) -> float:
        """Return the seconds of all epochs; a run that stops early takes less."""
        return START_S + self.config.epochs * self.epoch_s


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What queueing several runs costs.

    Attributes:
        costs: One for each run.
        small: The same with faces of 48 px; empty where they are no larger.
        ahead_s: Seconds until all runs that are queued already are done, at most.
    """

    costs: tuple[Cost, ...]
    small: tuple[Cost, ...]
    ahead_s: float

    @property
    def total_s(self) -> float:
        """Return the seconds of all runs, one after the other."""
        return sum(cost.run_s for cost in self.costs)

    @property
    def by_recipe(self) -> list[Cost]:
        """Return one cost for each model and image size, in the order asked."""
        found = {(cost.config.model, cost.config.image_size): cost for cost in self.costs}
        return list(found.values())


def estimate(workspace: Workspace, version: str, configs: Sequence[TrainConfig]) -> Estimate:
    """Return what training with these settings on a version costs on this machine.

    Raises:
        UnknownVersionError: If there is no such version.
    """
    version_id = find_version(workspace, version).id
    with workspace.reading() as session:
        book = _Book(session)
        return Estimate(
            costs=tuple(book.cost(version_id, config) for config in configs),
            small=tuple(book.cost(version_id, at_small_size(config)) for config in configs)
            if any(config.image_size > SMALL_SIDE_PX for config in configs)
            else (),
            ahead_s=book.ahead_s(),
        )


def seconds_left(workspace: Workspace) -> float:
    """Return the seconds until all queued and running training is done, at most."""
    with workspace.reading() as session:
        return _Book(session).ahead_s()


def at_small_size(config: TrainConfig) -> TrainConfig:
    """Return the same training with faces of at most 48 px."""
    size = min(config.image_size, SMALL_SIDE_PX)
    return replace(config, image_size=size, start_size=min(config.start_size, size))


def in_words(seconds: float) -> str:
    """Return a duration as a person would say it: about 40 s, about 5 min, about 2.5 h."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"about {seconds / 3600:.1f} h"
    return f"about {seconds / 86400:.1f} days"


def trained_on(counts: Mapping[Split, int], config: TrainConfig) -> int:
    """Return how many faces of a version with these splits are trained on, by the protocol."""
    n_train = counts.get(Split.TRAIN, 0)
    has_three = bool(counts.get(Split.VALIDATION) and counts.get(Split.TEST))
    if has_three and config.protocol is Protocol.HONEST:
        return n_train
    return round(n_train * (1 - config.validation_share))


class _Book:
    """What is known of versions and paces, read once for many costs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._counts: dict[int, dict[Split, int]] = {}
        self._runs = {run.job_id: run for run in stored.every(session)}
        self._paces = self._measured()

    def cost(self, version_id: int, config: TrainConfig) -> Cost:
        """Return what one run costs."""
        measured = self._paces.get((config.model, config.start_size, config.image_size))
        return Cost(
            config=config,
            n_train=self._n_train(version_id, config),
            images_per_s=measured or self._reckoned(config),
            is_measured=measured is not None,
        )

    def ahead_s(self) -> float:
        """Return the seconds of what is left of all unfinished training."""
        unfinished = stored_jobs.with_status(self._session, stored_jobs.UNFINISHED)
        return sum(
            (1 - job.progress) * self._run_cost(self._runs[job.id]).run_s
            for job in unfinished
            if job.kind is JobKind.TRAIN and job.id in self._runs
        )

    def _run_cost(self, run: RunRow) -> Cost:
        return self.cost(run.version_id, TrainConfig.from_json(run.config))

    def _n_train(self, version_id: int, config: TrainConfig) -> int:
        if version_id not in self._counts:
            self._counts[version_id] = stored_versions.split_counts(self._session, version_id)
        return trained_on(self._counts[version_id], config)

    def _measured(self) -> dict[tuple[ModelName, int, int], float]:
        """Return the images a second of this machine's newest runs, by model and both sizes."""
        found: dict[tuple[ModelName, int, int], float] = {}
        paces = stored.paces(self._session)
        for run in self._runs.values():  # the newest first
            pace = paces.get(run.id)
            if pace is None or run.status is not JobStatus.DONE or not _is_of_here(run):
                continue
            config = TrainConfig.from_json(run.config)
            n_images = self._n_train(run.version_id, config) * pace.n_epochs
            if n_images >= FEWEST_IMAGES and pace.seconds > 0:
                key = (config.model, config.start_size, config.image_size)
                found.setdefault(key, n_images / pace.seconds)
        return found

    def _reckoned(self, config: TrainConfig) -> float:
        """Return images a second, reckoned from the same model at the nearest size.

        What a face costs grows with its area; where faces grow, with the mean of both areas.
        """
        known = {
            (start**2 + size**2) / 2: rate
            for (model, start, size), rate in self._paces.items()
            if model is config.model
        } or {size**2: rate for (model, size), rate in TABLE.items() if model is config.model}
        area = (config.start_size**2 + config.image_size**2) / 2
        nearest = min(known, key=lambda one: abs(one - area))
        return known[nearest] * nearest / area


def _is_of_here(run: RunRow) -> bool:
    return run.provenance is not None and run.provenance.get("host") == platform.node()
