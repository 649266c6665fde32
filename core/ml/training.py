"""The training loop: epochs, early stopping, and checkpoints to go on from."""

import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TestViews, TrainConfig
from core.errors import ConfigError, DivergedError
from core.images.faces import FaceSet
from core.ml.batches import Faces, batches_of
from core.ml.checkpoints import CHECKPOINT_NAME, WEIGHTS_NAME, copy_of_weights, save
from core.ml.devices import choose_device
from core.ml.distillation import Teacher
from core.ml.evaluation import log_probabilities
from core.ml.journal import Journal, UnderWay
from core.ml.material import Material, validation_faces
from core.ml.models import build
from core.ml.reports import EpochReport, OnEpoch, OnStep, StepReport, ignore
from core.ml.resuming import go_on_from, save_checkpoint
from core.ml.schedules import face_size, rate_share
from core.ml.steps import Learner, Pace
from core.ml.weight_files import initialise
from core.quality.partition import Partition

__all__ = ["EpochReport", "OnEpoch", "OnStep", "Setup", "StepReport", "TrainedModel", "train"]

REPORT_EVERY_S = 2.0  # within an epoch: a cancelled run notices within this time and one step
SAVE_EVERY_S = 300.0  # within an epoch: what a killed run loses at most


@dataclass(frozen=True)
class TrainedModel:
    """A finished run.

    Attributes:
        model: The network with the weights of the best epoch, in evaluation mode.
        config: How it was trained.
        reports: Every epoch, first to last.
        best_epoch: Number of the epoch that the validation faces choose of those at full size.
    """

    model: nn.Module
    config: TrainConfig
    reports: tuple[EpochReport, ...]
    best_epoch: int


@dataclass(frozen=True)
class Setup:
    """What a run has besides its configuration.

    Attributes:
        device: auto, cpu or cuda.
        teacher: The network to imitate, where the configuration names one.
        on_step: Called every few seconds within an epoch. It may raise: a checkpoint is kept.
    """

    device: str = "auto"
    teacher: Teacher | None = None
    on_step: OnStep = ignore


DEFAULT_SETUP = Setup()


def train(
    faces: FaceSet,
    partition: Partition,
    config: TrainConfig,
    *,
    on_epoch: OnEpoch,
    run_dir: Path | None = None,
    setup: Setup = DEFAULT_SETUP,
) -> TrainedModel:
    """Train a network, going on from the checkpoint in `run_dir` if there is one.

    Same faces, config and CPU thread count give the same weights, interrupted or not.

    Args:
        faces: The frozen set.
        partition: Who is trained on and who chooses the epoch.
        config: How to train.
        on_epoch: Called after each epoch's checkpoint is written; on going on, first for the
            epochs that the checkpoint holds. It may raise: the checkpoint stays usable.
        run_dir: Where `checkpoint.pt` and at the end `model.pt` are written; nowhere where None.
        setup: Device, teacher, and who hears of steps.

    Raises:
        CheckpointError: If the checkpoint or the file of initial weights is damaged or of another
            configuration.
        ConfigError: If the device is not there, or a teacher is named but not given.
        DivergedError: If a loss is no longer a number; the last checkpoint is kept.
        MissingLandmarksError: If a mask follows landmarks and the faces have none.
    """
    run = _Run(config, run_dir, setup)
    material = Material(faces, partition.train, config, run.device)
    validation = validation_faces(faces, partition.validation, config, run.device)
    for report in run.journal.reports:
        on_epoch(report)
    while not run.journal.is_over():
        report = run.one_epoch(material, validation)
        run.save()
        on_epoch(report)
    return run.finished()


class _Run:
    """A network in training with all that changes from step to step."""

    def __init__(self, config: TrainConfig, run_dir: Path | None, setup: Setup) -> None:
        if (config.teacher_run is None) != (setup.teacher is None):
            raise ConfigError(
                f"teacher_run is {config.teacher_run} and a teacher is "
                f"{'not ' if setup.teacher is None else ''}given; give both or neither."
            )
        torch.manual_seed(config.seed)
        self.config = config
        self.run_dir = run_dir
        self.on_step = setup.on_step
        self.device = choose_device(setup.device)
        self.journal = Journal(config)
        model = build(config)
        goes_on = run_dir is not None and (run_dir / CHECKPOINT_NAME).exists()
        if config.weights is not None and not goes_on:
            initialise(model, Path(config.weights))
        model = model.to(self.device).to(memory_format=torch.channels_last)
        self.learner = Learner(model, config, self.device, setup.teacher)
        if run_dir is not None and goes_on:
            go_on_from(run_dir, self.journal, self.learner)
        self._reported = self._saved = time.monotonic()

    def one_epoch(self, material: Material, validation: Faces) -> EpochReport:
        """Train once over the training faces, look at the validation faces, and report."""
        epoch = len(self.journal.reports)
        size = face_size(self.config, epoch)
        train_loss, train_accuracy = self._learn(material, epoch, size)
        validation_loss, validation_accuracy = self._examine(validation, size)
        report = EpochReport(
            number=epoch + 1,
            n_epochs=self.config.epochs,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            validation_loss=validation_loss,
            validation_accuracy=validation_accuracy,
            seconds=self.journal.seconds(),
        )
        self._require_numbers(train_loss + validation_loss)
        self.journal.reports.append(report)
        self.journal.under_way = None
        if self.journal.best_epoch() == report.number:
            self.journal.best = copy_of_weights(self.learner.tested)
        return report

    def _learn(self, material: Material, epoch: int, size: int) -> tuple[float, float]:
        """Take the epoch's remaining steps; return the mean loss and accuracy on the way."""
        self.learner.model.train()
        faces = material.of_epoch(epoch + 1)
        under_way = self.journal.under_way = self.journal.under_way or UnderWay(
            torch.randperm(len(faces)), 0, torch.zeros(2, dtype=torch.float64)
        )
        under_way.total = under_way.total.to(self.device)
        batches = batches_of(under_way.order, self.config.batch_size)
        n_seen = sum(len(batch) for batch in batches[: under_way.step])
        for batch in batches[under_way.step :]:
            places = batch.to(self.device)
            whole = None if material.whole is None else material.whole[places]
            pace = self._pace(epoch, size, under_way.step / len(batches))
            covered = Faces(faces.pixels[places], faces.labels[places])
            under_way.total += self.learner.step(covered, whole, pace)
            under_way.step += 1
            n_seen += len(batch)
            self._report_step(len(batches), n_seen)
        loss, accuracy = (under_way.total / len(faces)).tolist()
        return loss, accuracy

    def _pace(self, epoch: int, size: int, progress: float) -> Pace:
        """Return how the next step is taken, `progress` 0..1 into an epoch counted from 0."""
        return Pace(
            size=size,
            rate_share=rate_share(self.config, (epoch + progress) / self.config.epochs),
            is_mixed=epoch < self.config.epochs - self.config.plain_epochs,
        )

    def _report_step(self, n_steps: int, n_seen: int) -> None:
        """Every few seconds, say how far the epoch is; every few minutes, save."""
        now = time.monotonic()
        if now - self._reported < REPORT_EVERY_S:
            return
        self._reported = now
        report = self.journal.step_report(n_steps, n_seen)
        self._require_numbers(report.train_loss)
        if now - self._saved >= SAVE_EVERY_S:
            self.save()
        try:
            self.on_step(report)
        except Exception:  # whatever stops the run, it can go on from here
            self.save()
            raise

    def _examine(self, validation: Faces, size: int) -> tuple[float, float]:
        """Return the mean cross-entropy and the accuracy on the validation faces."""
        logs = log_probabilities(
            self.learner.tested,
            validation.pixels,
            self.config,
            size=size,
            views=_quick(self.config.test_views),
        )
        labels = validation.labels.cpu()
        hits = (logs.argmax(dim=1) == labels).double()
        return float(F.nll_loss(logs, labels)), float(hits.mean())

    def _require_numbers(self, loss: float) -> None:
        """Refuse to go on with weights that have left the range of numbers."""
        if not math.isfinite(loss):
            number = len(self.journal.reports) + 1
            raise DivergedError(number, self.config.learning_rate)

    def save(self) -> None:
        """Write everything needed to go on from here, where there is a folder for it."""
        if self.run_dir is not None:
            save_checkpoint(self.run_dir, self.journal, self.learner)
        self._saved = time.monotonic()

    def finished(self) -> TrainedModel:
        """Return the network with its best weights, and leave them in the run folder.

        The checkpoint then keeps its reports only: Adam's state of VGG-16 alone takes 1.1 GB.
        """
        model, journal = self.learner.model, self.journal
        model.load_state_dict(journal.best)
        if self.run_dir is not None:
            save(journal.best, self.run_dir / WEIGHTS_NAME)
            save_checkpoint(self.run_dir, journal, None)
        return TrainedModel(model.eval(), self.config, tuple(journal.reports), journal.best_epoch())


def _quick(views: TestViews) -> TestViews:
    """Return the views that choose an epoch: ten of each face would take longer than training."""
    return TestViews.ONE if views is TestViews.ONE else TestViews.FLIP
