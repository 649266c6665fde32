"""The network of `fast`: small, residual, for two cores."""

import math

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from db.enums import EMOTIONS

FAST_WIDTHS = (24, 64, 96, 160)  # multiples of 8: whole vector registers


class FastNet(nn.Module):
    """A small residual network that halves the faces' size three times, once at the first layer.

    Dense 3x3 convolutions with many channels on few pixels run near a CPU's peak in bfloat16;
    depthwise ones, and layers at full size, wait for memory. Pooling halves, not strides: the
    weights' gradient of a strided convolution takes four times as long (README, Decisions).
    Each face is standardised first, so light and contrast do not matter.
    """

    def __init__(self) -> None:
        super().__init__()
        first, second, third, last = FAST_WIDTHS
        self.features = nn.Sequential(
            _Convolution(1, first, kernel=3, stride=2),
            nn.ReLU(),
            _Convolution(first, second, kernel=3),
            _halving(),
            nn.ReLU(),
            _Residual(second, third),
            _halving(),
            _Residual(third, last),
            _Residual(last, last),
        )
        self.classifier = nn.Linear(last, len(EMOTIONS))

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        """Return logits, shape (n, 7), for faces of shape (n, 1, side, side) in 0..1."""
        maps = self.features(standardised(faces))
        logits: torch.Tensor = self.classifier(_means(maps))
        return logits


def standardised(faces: torch.Tensor) -> torch.Tensor:
    """Return each face with mean 0 and spread about 1; a blank face becomes all 0."""
    centred = faces - faces.mean(dim=(1, 2, 3), keepdim=True)
    # torch.std takes ten times as long on a CPU, and the root of a mean has no slope at 0.
    norm = torch.linalg.vector_norm(centred, dim=(1, 2, 3), keepdim=True)
    spread: torch.Tensor = norm / math.sqrt(faces.shape[1:].numel())
    return centred / (spread + 0.03)  # 0.03 (8 of 255) keeps noise in flat faces small


def _means(maps: torch.Tensor) -> torch.Tensor:
    """Return the mean of each map, shape (n, channels).

    Over places with the channels last, as they lie in memory: the gradient then lies so too, and
    the layer before need not be read in two orders at once, a twentieth of a gradient's time.
    """
    return maps.permute(0, 2, 3, 1).flatten(1, 2).mean(dim=1)


class _Convolution(nn.Sequential):
    """A convolution without bias and its batch norm."""

    def __init__(self, n_in: int, n_out: int, *, kernel: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(n_in, n_out, kernel, stride, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(n_out),
        )


class _Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut: projected, or the maps as they are."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.first = _Convolution(n_in, n_out, kernel=3)
        self.second = _Convolution(n_out, n_out, kernel=3)
        is_as_wide = n_in == n_out
        self.shortcut = nn.Identity() if is_as_wide else _Convolution(n_in, n_out, kernel=1)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Return maps of the same side."""
        return F.relu(self.second(F.relu(self.first(maps))) + self.shortcut(maps))


def _halving() -> nn.MaxPool2d:
    """Return the layer that halves maps, odd sides rounded up."""
    return nn.MaxPool2d(2, ceil_mode=True)
