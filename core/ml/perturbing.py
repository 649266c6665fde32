"""What a network answers while a face's pixels go, or come back, in the order of a map."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torchvision.transforms.functional import gaussian_blur

from core.configs import TrainConfig
from core.images.masks import MID_GREY
from core.metrics.faithfulness import N_STEPS, CurveKind, Fill
from core.ml.devices import precision
from core.ml.evaluation import TEST_BATCH

BLUR_SHARE = 0.1  # Gaussian sigma, of the face's side: no brow, eye or lip is left


def probabilities_along(
    model: nn.Module,
    start: torch.Tensor,
    end: torch.Tensor,
    ranks: NDArray[np.int64],
    labels: NDArray[np.int64],
    config: TrainConfig,
) -> NDArray[np.float64]:
    """Return the probability of each face's label while one picture becomes another.

    Args:
        model: The network, in evaluation mode.
        start: float32, shape (n, 1, rows, side), 0..1. What it sees first.
        end: float32, the same shape. What it sees in the end.
        ranks: int64, shape (n, rows, side). The place of each pixel in the order, from 0.
        labels: int64, shape (n,).
        config: The run's settings.

    Returns:
        float64, shape (n, 21), 0..1: after 0, 5, ... 100 % of the pixels.
    """
    result = np.empty((len(start), N_STEPS + 1), dtype=np.float64)
    places = torch.from_numpy(ranks)[:, None]
    for step in range(N_STEPS + 1):
        pictures = torch.where(places < round(step / N_STEPS * ranks[0].size), end, start)
        result[:, step] = _of_labels(model, pictures, labels, config)
    return result


def ends(seen: torch.Tensor, kind: CurveKind, fill: Fill) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what a curve of this kind starts from and what it ends with."""
    missing = filled(seen, fill)
    return (seen, missing) if kind is CurveKind.DELETION else (missing, seen)


def filled(seen: torch.Tensor, fill: Fill) -> torch.Tensor:
    """Return what stands in place of faces (n, 1, rows, side): mid grey, or the faces blurred."""
    if fill is Fill.GREY:
        return torch.full_like(seen, MID_GREY / 255)
    sigma = BLUR_SHARE * seen.shape[3]
    radius = min(round(2.5 * sigma), seen.shape[2] - 1)  # the blur mirrors at the edges
    blurred: torch.Tensor = gaussian_blur(seen, [2 * radius + 1] * 2, [sigma, sigma])
    return blurred


def _of_labels(
    model: nn.Module, pictures: torch.Tensor, labels: NDArray[np.int64], config: TrainConfig
) -> NDArray[np.float64]:
    """Return the probability of each picture's label: float64, shape (n,)."""
    device = next(model.parameters()).device
    parts = []
    for start in range(0, len(pictures), TEST_BATCH):
        with torch.inference_mode(), precision(device, mixed=config.mixed_precision):
            logits = model(pictures[start : start + TEST_BATCH].to(device))
        parts.append(logits.double().softmax(dim=1).cpu().numpy())
    answered: NDArray[np.float64] = np.concatenate(parts)
    return answered[np.arange(len(labels)), labels]
