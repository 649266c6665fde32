"""Hold maps a second against captum's, one image at a time, and the maps against each other.

Both explain the same drawn faces with the same network in one process and on one thread, in turns
of CPU time; the ratio is the median over the turns. captum is asked as its documentation does: a
float32 network, one image, its own 50 steps of Integrated Gradients, as many noisy faces as here
for SmoothGrad. `--weights FILE` takes a trained network of `fast` in place of a random one.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from statistics import median

import numpy as np
import torch
from captum.attr import (
    GuidedBackprop,
    GuidedGradCam,
    IntegratedGradients,
    LayerAttribution,
    LayerGradCam,
    NoiseTunnel,
    Occlusion,
    Saliency,
)
from numpy.typing import NDArray
from torch import nn

from core.configs import TrainConfig, preset
from core.images.drawing.sample import draw_sample
from core.images.faces import FaceSet
from core.jobs.threads import memory_settings
from core.maps.canonical import soften
from core.ml.cam_layers import cam_layer
from core.ml.models import untrained
from core.ml.saliency import maps
from core.ml.saliency.gradients import BASELINE, N_SAMPLES, NOISE_SHARE
from db.enums import EMOTIONS, ModelName, SaliencyMethod

SIDE_PX = 48
N_FACES, N_FEW = 896, 48  # as a job has them; few for methods that need many pictures a map
LEAST_RATIO = 5.0  # of the methods that read gradients
LEAST_LIKENESS = 0.9  # correlation of a softened map with float32's, mean over faces
TURN_S, N_TURNS = 1.0, 9  # short and many: processors change their speed from second to second
ONE_PICTURE = (
    SaliencyMethod.GRADIENT,
    SaliencyMethod.GRAD_CAM,
    SaliencyMethod.GUIDED_GRAD_CAM,
)

Explain = Callable[[torch.Tensor, int], torch.Tensor]
"""Takes one face (1, 1, side, side) and its target."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights")
    parser.add_argument("--methods", nargs="+", type=SaliencyMethod, default=list(SaliencyMethod))
    parser.add_argument("--models", nargs="+", type=ModelName, default=[ModelName.FAST])
    options = parser.parse_args()
    missing = memory_settings()
    if missing:  # as a job's process has it; captum gets the same
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | missing)
    torch.set_num_threads(1)
    faces = drawn_faces()
    ok = True
    for name in options.models:
        config = preset(name, image_size=SIDE_PX)
        model = untrained(config)
        if options.weights:
            model.load_state_dict(torch.load(options.weights, weights_only=True))
        for method, explain in captum_of(model, config).items():
            if method in options.methods:
                ok &= measured(model, config, method, explain, faces)
    if not ok:
        sys.exit("Maps are slower than promised, or others.")


def drawn_faces() -> FaceSet:
    sample = draw_sample(N_FACES // 8, seed=0) * 8
    numbers = np.arange(N_FACES)
    return FaceSet(
        image_ids=numbers,
        pixels=np.stack([face.pixels for face in sample]),
        labels=np.array([EMOTIONS.index(face.label) for face in sample]),
        splits=np.full(N_FACES, "test"),
        groups=numbers,
    )


def measured(
    model: nn.Module,
    config: TrainConfig,
    method: SaliencyMethod,
    explain: Explain,
    faces: FaceSet,
) -> bool:
    """Print maps a second of CPU time and how alike the maps are; return whether both will do."""
    many = faces if method in ONE_PICTURE else faces.at(np.arange(N_FEW))
    pictures = torch.from_numpy(faces.pixels)[:, None] / 255
    place = 0

    def one() -> int:
        nonlocal place
        explain(pictures[place : place + 1].clone().requires_grad_(), int(faces.labels[place]))
        place = (place + 1) % N_FACES
        return 1

    def batch() -> int:
        return len(maps(model, many, config, method))

    turns = [(rate(one), rate(batch)) for _ in range(N_TURNS)]
    theirs, ours = (median(rates) for rates in zip(*turns, strict=True))
    ratio = median(batched / single for single, batched in turns)
    exact = preset(config.model, image_size=SIDE_PX, mixed_precision=False)
    few = faces.at(np.arange(16))
    alike = likeness(maps(model, few, config, method), maps(model, few, exact, method))
    reads_gradients = method is not SaliencyMethod.OCCLUSION
    print(
        f"{config.model:10} {method:22} {ours:8.1f} maps/s, captum {theirs:7.1f}, "
        f"ratio {ratio:5.1f}{f' (at least {LEAST_RATIO:.0f})' if reads_gradients else ''}; "
        f"correlation with float32 {alike:.3f}",
        flush=True,
    )
    return alike >= LEAST_LIKENESS and (ratio >= LEAST_RATIO or not reads_gradients)


def rate(work: Callable[[], int]) -> float:
    """Return how many maps are made in a second of CPU time; the first ones do not count."""
    work()
    n, started = 0, time.process_time()
    while time.process_time() - started < TURN_S:
        n += work()
    return n / (time.process_time() - started)


def likeness(some: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    """Return the mean correlation of softened maps, those without any mass left out."""
    pairs = [
        (soften(one).ravel(), soften(other).ravel())
        for one, other in zip(some, others, strict=True)
        if np.ptp(one) > 0 and np.ptp(other) > 0
    ]
    return float(np.mean([np.corrcoef(one, other)[0, 1] for one, other in pairs]))


def captum_of(model: nn.Module, config: TrainConfig) -> Mapping[SaliencyMethod, Explain]:
    """Return captum's own way to each map of one image."""
    layer = model.get_submodule(cam_layer(model, config).name)
    saliency, cells, steps = Saliency(model), LayerGradCam(model, layer), IntegratedGradients(model)
    tunnel, window = NoiseTunnel(saliency), Occlusion(model)
    return {
        SaliencyMethod.GRADIENT: saliency.attribute,
        SaliencyMethod.GRAD_CAM: lambda face, k: LayerAttribution.interpolate(
            cells.attribute(face, k, relu_attributions=True), (SIDE_PX, SIDE_PX), "bilinear"
        ),
        SaliencyMethod.GUIDED_GRAD_CAM: guided(model, layer),
        SaliencyMethod.SMOOTH_GRAD: lambda face, k: tunnel.attribute(
            face, nt_samples=N_SAMPLES, stdevs=NOISE_SHARE, target=k
        ),
        SaliencyMethod.INTEGRATED_GRADIENTS: lambda face, k: steps.attribute(face, BASELINE, k),
        SaliencyMethod.OCCLUSION: lambda face, k: window.attribute(
            face, (1, 8, 8), (1, 4, 4), baselines=BASELINE, target=k, perturbations_per_eval=121
        ),
    }


def guided(model: nn.Module, layer: nn.Module) -> Explain:
    """Return captum's guided Grad-CAM; on `fast`, whose ReLUs are functions, it guides few."""
    both = GuidedGradCam(model, layer)
    assert isinstance(both.guided_backprop, GuidedBackprop)
    return lambda face, k: both.attribute(face, k, interpolate_mode="bilinear")


if __name__ == "__main__":
    main()
