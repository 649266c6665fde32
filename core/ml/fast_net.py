"""The network of `fast`: small, residual, for two cores."""

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
        logits: torch.Tensor = self.classifier(maps.mean(dim=(2, 3)))
        return logits


def standardised(faces: torch.Tensor) -> torch.Tensor:
    """Return each face with mean 0 and spread about 1; a blank face becomes all 0."""
    spread, mean = torch.std_mean(faces, dim=(1, 2, 3), keepdim=True, correction=0)
    return (faces - mean) / (spread + 0.03)  # 0.03 (8 of 255) keeps noise in flat faces small


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
