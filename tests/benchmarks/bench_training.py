"""Train `fast` with its own recipe on all real faces, and hold its speed against a bare loop."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TrainConfig, preset
from core.images.faces import FaceSet
from core.metrics.classification import score
from core.ml.devices import choose_device, precision
from core.ml.evaluation import probabilities
from core.ml.models import build
from core.ml.optimizers import optimizer_for
from core.ml.training import EpochReport, train
from core.quality.partition import Partition, partition
from core.services.importing import import_path
from core.services.versions import face_set, freeze
from core.settings import Settings
from core.workspace import open_workspace
from db.enums import ModelName

UNPACK = Path(__file__).parents[3] / "shared" / "fer2013" / "unpack"
STUDY_BEST = 0.5825
LIMIT_S = 600.0
LIMIT_RATIO = 0.9
N_TIMED_BATCHES = 40


def main() -> None:
    if not UNPACK.exists():
        sys.exit(f"The real faces are not at {UNPACK.parent}; there is nothing to measure.")
    config = preset(ModelName.FAST)
    print(
        f"{os.cpu_count()} cores, {torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f}"
    )
    faces = real_faces()
    parts = partition(faces, validation_share=config.validation_share, seed=config.seed)
    ratio = throughput(faces, parts, config)
    seconds, accuracies = accuracy(faces, parts, config)
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    if seconds > LIMIT_S or min(accuracies) <= STUDY_BEST or ratio < LIMIT_RATIO:
        sys.exit("Training is slower or less accurate than promised.")


def real_faces() -> FaceSet:
    """Return all real faces, imported and frozen as a user would."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "kaggle"
        subprocess.run([sys.executable, UNPACK, folder], check=True)
        workspace = open_workspace(Settings(data=Path(name) / "data", database_url=None))
        import_path(workspace, folder, name="kaggle")
        faces = face_set(workspace, freeze(workspace, "kaggle").id)
        workspace.engine.dispose()
    return faces


def accuracy(
    faces: FaceSet, parts: Partition, config: TrainConfig
) -> tuple[float, tuple[float, float]]:
    """Print each epoch and the test figures; return the seconds taken and both accuracies."""
    started = time.perf_counter()
    trained = train(faces, parts, config, on_epoch=show)
    trained_s = time.perf_counter() - started
    shares = probabilities(trained.model, faces.at(parts.test), config)
    tested_s = time.perf_counter() - started - trained_s
    labels, predicted = faces.labels[parts.test], shares.argmax(axis=1)
    full = score(labels, predicted)
    clean = score(labels[parts.leak_free], predicted[parts.leak_free])
    print(f"trained in {trained_s:.0f} s (limit {LIMIT_S:.0f}), tested in {tested_s:.0f} s")
    for name, scores in (("all", full), ("leak-free", clean)):
        print(
            f"{name:9} n {scores.n}  accuracy {scores.accuracy:.4f} (study's best {STUDY_BEST})  "
            f"weighted F1 {scores.weighted_f1:.4f}  macro F1 {scores.macro_f1:.4f}"
        )
    return trained_s, (full.accuracy, clean.accuracy)


def show(report: EpochReport) -> None:
    """Print an epoch, marking those whose held-out accuracy passes the study's best."""
    mark = "  past the study's best" if report.validation_accuracy > STUDY_BEST else ""
    print(
        f"epoch {report.number:2}/{report.n_epochs}  {report.seconds:5.0f} s  "
        f"loss {report.train_loss:.3f}  held out {report.validation_accuracy:.4f}{mark}",
        flush=True,
    )


def throughput(faces: FaceSet, parts: Partition, config: TrainConfig) -> float:
    """Print faces a second of training and of a bare loop, at full size; return their ratio."""
    n = N_TIMED_BATCHES * config.batch_size
    few = replace(parts, train=parts.train[:n], validation=parts.validation[:1])
    full_size = replace(config, start_size=config.image_size, epochs=4)
    reports = train(faces, few, full_size, on_epoch=lambda report: None).reports
    times = np.diff([report.seconds for report in reports])
    ours, bare = n / float(np.median(times)), bare_loop(full_size)
    print(
        f"training {ours:.0f} faces/s, bare loop {bare:.0f} faces/s at {config.image_size} px, "
        f"ratio {ours / bare:.2f} (at least {LIMIT_RATIO})"
    )
    return ours / bare


def bare_loop(config: TrainConfig) -> float:
    """Return faces a second of the same network, optimizer and precision on random tensors."""
    device = choose_device()
    model = build(config).to(device).to(memory_format=torch.channels_last).train()
    optimizer = optimizer_for(model, config, device)
    shape = (config.batch_size, 1, config.image_size, config.image_size)
    inputs = torch.rand(shape, device=device).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(0, 7, (config.batch_size,), device=device)
    times = []
    for _ in range(4 * N_TIMED_BATCHES):
        started = time.perf_counter()
        with precision(device, mixed=config.mixed_precision):
            logits = model(inputs)
        loss = F.cross_entropy(logits.float(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        times.append(time.perf_counter() - started)
    rounds = np.reshape(times, (4, N_TIMED_BATCHES)).sum(axis=1)[1:]
    return N_TIMED_BATCHES * config.batch_size / float(np.median(rounds))


if __name__ == "__main__":
    main()
