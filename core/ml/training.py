"""The training loop: epochs, early stopping, and a checkpoint after each."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TrainConfig
from core.errors import CheckpointError, DivergedError
from core.images.faces import FaceSet
from core.ml.augmentation import random_views
from core.ml.batches import Faces, masked_faces, n_batches, network_input, random_batches
from core.ml.checkpoints import (
    CHECKPOINT_NAME,
    WEIGHTS_NAME,
    Weights,
    copy_of_weights,
    load_weights,
    random_state,
    read,
    save,
    set_random_state,
)
from core.ml.devices import choose_device, precision
from core.ml.evaluation import log_probabilities
from core.ml.models import build
from core.ml.optimizers import optimizer_for
from core.ml.schedules import face_size, rate_share
from core.quality.partition import Partition

CHECKPOINT_KEYS = frozenset({"config", "model", "optimizer", "random", "reports", "best"})


@dataclass(frozen=True)
class EpochReport:
    """What an epoch came to.

    Attributes:
        number: Counted from 1.
        n_epochs: Most epochs the run may take.
        train_loss: Mean over the epoch's faces as trained on (smoothed, augmented), in nats.
        train_accuracy: Likewise, 0..1.
        validation_loss: Mean cross-entropy on the validation faces, in nats.
        validation_accuracy: Likewise, 0..1.
        seconds: Time spent training since the run began, earlier attempts included.
    """

    number: int
    n_epochs: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float


@dataclass(frozen=True)
class TrainedModel:
    """A finished run.

    Attributes:
        model: The network with the weights of the best epoch, in evaluation mode.
        config: How it was trained.
        reports: Every epoch, first to last.
        best_epoch: Number of the epoch with the lowest validation loss of those at full size.
    """

    model: nn.Module
    config: TrainConfig
    reports: tuple[EpochReport, ...]
    best_epoch: int


OnEpoch = Callable[[EpochReport], None]


def train(
    faces: FaceSet,
    partition: Partition,
    config: TrainConfig,
    *,
    on_epoch: OnEpoch,
    run_dir: Path | None = None,
    device: str = "auto",
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
        device: auto, cpu or cuda.

    Raises:
        CheckpointError: If the checkpoint is damaged or of another configuration.
        ConfigError: If the device is not there.
        DivergedError: If a loss is no longer a number; the last checkpoint is kept.
    """
    run = _Run(config, choose_device(device))
    training = masked_faces(faces, partition.train, config.mask, run.device)
    validation = masked_faces(faces, partition.validation, config.mask, run.device)
    if run_dir is not None and (run_dir / CHECKPOINT_NAME).exists():
        run.go_on_from(run_dir / CHECKPOINT_NAME)
        for report in run.reports:
            on_epoch(report)
    while not run.is_over():
        report = run.one_epoch(training, validation)
        if run_dir is not None:
            run.save(run_dir / CHECKPOINT_NAME)
        on_epoch(report)
    return run.finished(run_dir)


class _Run:
    """Everything of a run that changes from epoch to epoch."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.device = device
        self.model = build(config).to(device).to(memory_format=torch.channels_last)
        self.optimizer = optimizer_for(self.model, config, device)
        self.reports: list[EpochReport] = []
        self.best: Weights = {}

    def is_over(self) -> bool:
        """Return whether all epochs are done or patience has run out."""
        done, patience = len(self.reports), self.config.patience
        waited = done - self.best_epoch()
        return done >= self.config.epochs or (patience is not None and waited >= patience)

    def best_epoch(self) -> int:
        """Return the number of the epoch with the lowest validation loss, 0 before the first.

        While faces still grow it is the last one: losses at other sizes do not compare.
        """
        if not self.reports:
            return 0
        at_full_size = [
            report
            for report in self.reports
            if face_size(self.config, report.number - 1) == self.config.image_size
        ]
        return min(
            at_full_size or self.reports[-1:], key=lambda report: report.validation_loss
        ).number

    def one_epoch(self, training: Faces, validation: Faces) -> EpochReport:
        """Train once over the training faces, look at the validation faces, and report."""
        started = time.perf_counter()
        epoch = len(self.reports)
        earlier = self.reports[-1].seconds if self.reports else 0.0
        size = face_size(self.config, epoch)
        train_loss, train_accuracy = self._learn(training, epoch, size)
        validation_loss, validation_accuracy = self._examine(validation, size)
        report = EpochReport(
            number=epoch + 1,
            n_epochs=self.config.epochs,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            validation_loss=validation_loss,
            validation_accuracy=validation_accuracy,
            seconds=earlier + time.perf_counter() - started,
        )
        if not math.isfinite(train_loss + validation_loss):
            raise DivergedError(report.number, self.config.learning_rate)
        self.reports.append(report)
        if self.best_epoch() == report.number:
            self.best = copy_of_weights(self.model)
        return report

    def _learn(self, training: Faces, epoch: int, size: int) -> tuple[float, float]:
        """Take one step a batch; return the mean loss and accuracy on the way."""
        self.model.train()
        total = torch.zeros(2, dtype=torch.float64)
        n_steps = n_batches(len(training), self.config.batch_size)
        batches = random_batches(len(training), self.config.batch_size)
        for step, batch in enumerate(batches):
            progress = (epoch + step / n_steps) / self.config.epochs
            for group in self.optimizer.param_groups:
                group["lr"] = group["peak"] * rate_share(self.config, progress)
            total += self._step(training, batch.to(self.device), size)
        loss, accuracy = (total / len(training)).tolist()
        return loss, accuracy

    def _step(self, training: Faces, batch: torch.Tensor, size: int) -> torch.Tensor:
        """Move the weights once; return the batch's summed loss and number of hits, shape (2,)."""
        pixels, labels = training.pixels[batch], training.labels[batch]
        if self.config.augment:
            inputs = random_views(pixels.unsqueeze(1).float() / 255, size)
        else:
            inputs = network_input(pixels, size)
        with precision(self.device, mixed=self.config.mixed_precision):
            logits = self.model(inputs.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=self.config.label_smoothing)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        hits = (logits.argmax(dim=1) == labels).sum()
        return torch.stack([loss.detach() * len(batch), hits]).double().cpu()

    def _examine(self, validation: Faces, size: int) -> tuple[float, float]:
        """Return the mean cross-entropy and the accuracy on the validation faces."""
        logs = log_probabilities(self.model, validation.pixels, self.config, size=size)
        labels = validation.labels.cpu()
        hits = (logs.argmax(dim=1) == labels).double()
        return float(F.nll_loss(logs, labels)), float(hits.mean())

    def save(self, path: Path) -> None:
        """Write everything needed to go on after this epoch."""
        content = {
            "config": self.config.to_json(),
            "model": copy_of_weights(self.model),
            "optimizer": self.optimizer.state_dict(),
            "random": random_state(),
            "reports": [asdict(report) for report in self.reports],
            "best": self.best,
        }
        save(content, path)

    def go_on_from(self, path: Path) -> None:
        """Take over the state that `save` wrote.

        Raises:
            CheckpointError: If it is damaged or of another configuration.
        """
        content = read(path, CHECKPOINT_KEYS)
        if content["config"] != self.config.to_json():
            raise CheckpointError(
                f"{path} is of another configuration; train in an empty run folder instead."
            )
        load_weights(self.model, content["model"], path)
        self.optimizer.load_state_dict(content["optimizer"])
        self.reports = [EpochReport(**report) for report in content["reports"]]
        self.best = content["best"]
        set_random_state(content["random"])

    def finished(self, run_dir: Path | None) -> TrainedModel:
        """Return the network with its best weights, and leave them in the run folder."""
        self.model.load_state_dict(self.best)
        if run_dir is not None:
            save(self.best, run_dir / WEIGHTS_NAME)
        return TrainedModel(self.model.eval(), self.config, tuple(self.reports), self.best_epoch())
