"""What all methods share: the shape of an attribution, and gradients of many pictures."""

from collections.abc import Callable

import torch
from torch import nn

Attribute = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Takes faces (n, 1, rows, side), 0..1, and targets (n,); returns float32 (n, rows, side), signed
where the method is."""

PIXELS_AT_ONCE = 192 * 48 * 48
"""Of all pictures that pass through a network together. More are no faster, and VGG-16 keeps 2,500
bytes of activations a pixel: 1.1 GB."""


def pictures_at_once(rows: int, side: int) -> int:
    """Return how many pictures of a size pass through a network together, at least one."""
    return max(1, PIXELS_AT_ONCE // (rows * side))


def gradients(model: nn.Module, faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the derivative of each face's target logit by its pixels: as `faces`, float32, signed.

    Any number of faces; they pass through the network in parts. captum's `Saliency` gives the same
    and takes the answers apart one by one, a twentieth of the time of `fast`.
    """
    at_once = pictures_at_once(*faces.shape[2:])
    found = [
        _gradients(model, part.detach().requires_grad_(), asked)
        for part, asked in zip(
            torch.split(faces, at_once), torch.split(targets, at_once), strict=True
        )
    ]
    return torch.cat(found).float()


def _gradients(model: nn.Module, faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    with torch.enable_grad():
        spoken = model(faces).gather(1, targets[:, None]).sum()
    return torch.autograd.grad(spoken, faces)[0]
