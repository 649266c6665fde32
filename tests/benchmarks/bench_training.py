"""Hold each preset's training speed against a bare loop, and `fast` against a plain file loader.

`bench_training.py` measures speed and peak memory of every preset at 48 px, each in a process of
its own. `bench_training.py --accuracy` trains one on FER2013 with its official three splits:
`--model`, `--epochs`, `--seed` choose another run, `--out DIR` keeps it and goes on with it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

from core.configs import Setting, TrainConfig, preset
from core.images.faces import FaceSet
from core.metrics.classification import score
from core.ml.batches import Faces, batches_of
from core.ml.devices import choose_device, precision
from core.ml.evaluation import probabilities
from core.ml.material import Material
from core.ml.models import build
from core.ml.optimizers import optimizer_for
from core.ml.schedules import face_size
from core.ml.steps import Learner, Pace
from core.ml.training import EpochReport, train
from core.quality.partition import partition_of
from core.services.importing import import_path
from core.services.versions import face_set, freeze
from core.settings import Settings
from core.workspace import open_workspace
from db.enums import ModelName

UNPACK = Path(__file__).parents[3] / "shared" / "fer2013" / "unpack"
SIDE_PX = 48
STUDY_BEST, WITHIN_S = 0.5825, 240.0  # `fast`, on held-out faces
GOAL, GOAL_WITHIN_S = 0.69, 1200.0  # `fast`, on the test split
LEAST_OF_BARE = 0.9
LEAST_OF_LOADER = 3.0
ROUND_S, N_ROUNDS = 1.5, 3

Step = Callable[[int], None]  # takes the side in pixels


def main() -> None:
    options = _options()
    if options.preset:
        print(json.dumps(measured(ModelName(options.preset))))
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    ok = accuracy(options) if options.accuracy else speed()
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    if not ok:
        sys.exit("Training is slower or less accurate than promised.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", help=argparse.SUPPRESS)  # one measurement, for `speed`
    parser.add_argument("--accuracy", action="store_true")
    parser.add_argument("--model", type=ModelName, default=ModelName.FAST)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def speed() -> bool:
    """Print speed and peak memory of every preset; return whether all are fast enough."""
    ok = True
    for model in ModelName:
        command = [sys.executable, __file__, "--preset", model]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        result = json.loads(answer)
        for size, (ours, bare) in result["sizes"].items():
            ok &= ours >= LEAST_OF_BARE * bare
            print(
                f"{model:12} {size} px  training {ours:6.0f} faces/s, bare loop {bare:6.0f}, "
                f"ratio {ours / bare:.2f} (at least {LEAST_OF_BARE}); "
                f"peak memory {result['peak_mib']:.0f} MiB",
                flush=True,
            )
        if model is ModelName.FAST:
            ok &= beside_loader({int(size): ours for size, (ours, _) in result["sizes"].items()})
    return ok


def measured(model: ModelName) -> dict[str, object]:
    """Return faces a second of training and of a bare loop by size, and training's peak memory."""
    config = preset(model, image_size=SIDE_PX)
    sizes = sorted({face_size(config, epoch) for epoch in range(config.epochs)})
    ours = training_step(config)
    for size in sizes:
        ours(size)  # the first call plans its convolutions
    peak_mib = _peak_mib()  # the bare loop's network and optimizer are not in it
    bare = bare_step(config)
    return {
        "sizes": {size: faces_a_second(ours, bare, size, config.batch_size) for size in sizes},
        "peak_mib": peak_mib,
    }


def faces_a_second(ours: Step, bare: Step, size: int, batch_size: int) -> tuple[float, float]:
    """Return the speed of training steps and of a bare loop, timed in turns."""
    steps = (ours, bare)
    repeats = [1 + int(ROUND_S / min(_seconds(step, size, 1) for _ in range(2))) for step in steps]
    rounds = [
        [n / _seconds(step, size, n) for step, n in zip(steps, repeats, strict=True)]
        for _ in range(N_ROUNDS)
    ]
    ours_s, bare_s = np.median(rounds, axis=0) * batch_size
    return float(ours_s), float(bare_s)


def _peak_mib() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _seconds(step: Step, size: int, n: int) -> float:
    """Return how long `n` steps at this size take."""
    started = time.perf_counter()
    for _ in range(n):
        step(size)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started


def training_step(config: TrainConfig) -> Step:
    """Return what training does for a batch: pick faces, draw views, learn."""
    device = choose_device()
    n = 16 * config.batch_size
    rng = np.random.default_rng(0)
    faces = FaceSet(
        image_ids=np.arange(n),
        pixels=rng.integers(256, size=(n, SIDE_PX, SIDE_PX), dtype=np.uint8),
        labels=rng.integers(7, size=n),
        splits=np.full(n, "train"),
        groups=np.arange(n),
    )
    training = Material(faces, np.arange(n), config, device).of_epoch(1)
    model = build(config).to(device).to(memory_format=torch.channels_last).train()
    learner = Learner(model, config, device, None)
    batches = cycle(batches_of(torch.randperm(n), config.batch_size))

    def step(size: int) -> None:
        places = next(batches).to(device)
        pace = Pace(size=size, rate_share=1.0, is_mixed=True)
        learner.step(Faces(training.pixels[places], training.labels[places]), None, pace)

    return step


def bare_step(config: TrainConfig) -> Step:
    """Return a step of the same network, optimizer and precision on one random tensor a size."""
    device = choose_device()
    model = build(config).to(device).to(memory_format=torch.channels_last).train()
    optimizer = optimizer_for(model, config, device)
    labels = torch.randint(0, 7, (config.batch_size,), device=device)

    @cache
    def inputs(size: int) -> torch.Tensor:
        faces = torch.rand((config.batch_size, 1, size, size), device=device)
        return faces.contiguous(memory_format=torch.channels_last)

    def step(size: int) -> None:
        with precision(device, mixed=config.mixed_precision):
            logits = model(inputs(size))
        _learn(logits.float(), labels, optimizer)

    return step


def _learn(logits: torch.Tensor, labels: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
    """Take one step on the mean cross-entropy."""
    loss = F.cross_entropy(logits, labels)
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()


def beside_loader(speeds: dict[int, float]) -> bool:
    """Print `fast` over its sizes beside a loop over files; return whether it is fast enough."""
    if not UNPACK.exists():
        print("the real faces are not here; no file loader to compare with")
        return True
    config = preset(ModelName.FAST)
    sizes = [face_size(config, epoch) for epoch in range(config.epochs)]
    ours = len(sizes) / sum(1 / speeds[size] for size in sizes)
    with TemporaryDirectory() as name:
        _unpack(Path(name), "--limit", "400")
        theirs = loader_speed(Path(name) / "Training", config)
    print(
        f"fast over all its epochs {ours:.0f} faces/s, ImageFolder + DataLoader + PIL "
        f"{theirs:.0f}, ratio {ours / theirs:.1f} (at least {LEAST_OF_LOADER:.0f})"
    )
    return ours >= LEAST_OF_LOADER * theirs


def loader_speed(folder: Path, config: TrainConfig) -> float:
    """Return faces a second of the same network trained as torchvision's tutorials do: files read
    and varied by PIL in two worker processes, at full size, in float32, with SGD."""
    varied = transforms.Compose(
        [
            transforms.Grayscale(),
            transforms.RandomHorizontalFlip(),
            transforms.RandomAffine(degrees=12, translate=(0.06, 0.06), scale=(0.88, 1.13)),
            transforms.ToTensor(),
        ]
    )
    files = ImageFolder(folder, varied)
    loader = DataLoader(files, config.batch_size, shuffle=True, num_workers=2)
    model: nn.Module = build(config).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    batches = iter(loader)
    next(batches)  # the workers have started
    started = time.perf_counter()
    for inputs, labels in batches:
        _learn(model(inputs), labels, optimizer)
    return (len(files) - config.batch_size) / (time.perf_counter() - started)


def accuracy(options: argparse.Namespace) -> bool:
    """Train on the official splits, print every epoch and the test figures.

    Return whether `fast` with its own number of epochs kept its promises; others promise nothing.
    """
    if not UNPACK.exists():
        sys.exit(f"The real faces are not at {UNPACK.parent}; there is nothing to train on.")
    overrides: dict[str, Setting] = {"seed": options.seed}
    if options.epochs is not None:
        overrides["epochs"] = options.epochs
    config = preset(options.model, **overrides)
    faces = real_faces()
    parts = partition_of(faces, config)
    trained = train(faces, parts, config, on_epoch=show, run_dir=options.out)
    labels = faces.labels[parts.test]
    predicted = probabilities(trained.model, faces.at(parts.test), config).argmax(axis=1)
    for name, chosen in (("all", slice(None)), ("leak-free", parts.leak_free)):
        scores = score(labels[chosen], predicted[chosen])
        print(
            f"{name:9} n {scores.n}  accuracy {scores.accuracy:.4f}  "
            f"weighted F1 {scores.weighted_f1:.4f}  macro F1 {scores.macro_f1:.4f}"
        )
    print(f"peak memory {_peak_mib():.0f} MiB")
    is_promised = config == preset(ModelName.FAST)
    return not is_promised or _keeps_promises(trained.reports, np.mean(predicted == labels))


def _keeps_promises(reports: tuple[EpochReport, ...], share: float) -> bool:
    """Return whether the study's best was passed soon and the goal was reached in time."""
    passed_s = [one.seconds for one in reports if one.validation_accuracy > STUDY_BEST]
    is_soon = min(passed_s, default=WITHIN_S) < WITHIN_S
    return is_soon and share >= GOAL and reports[-1].seconds <= GOAL_WITHIN_S


def show(report: EpochReport) -> None:
    """Print an epoch, marking those whose held-out accuracy passes the study's best."""
    mark = "  past the study's best" if report.validation_accuracy > STUDY_BEST else ""
    print(
        f"epoch {report.number:3}/{report.n_epochs}  {report.seconds:5.0f} s  "
        f"loss {report.train_loss:.3f}  held out {report.validation_accuracy:.4f}{mark}",
        flush=True,
    )


def real_faces() -> FaceSet:
    """Return all real faces in their three splits, imported and frozen as a user would."""
    with TemporaryDirectory() as name:
        _unpack(Path(name) / "fer")
        workspace = open_workspace(Settings(data=Path(name) / "data", database_url=None))
        import_path(workspace, Path(name) / "fer", name="fer")
        faces = face_set(workspace, freeze(workspace, "fer").id)
        workspace.engine.dispose()
    return faces


def _unpack(folder: Path, *options: str) -> None:
    """Write the real faces as Training, PublicTest and PrivateTest folders."""
    command: list[str | Path] = [sys.executable, UNPACK, folder, "--layout", "fer", *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
