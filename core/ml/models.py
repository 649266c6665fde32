"""The networks. All take float faces (n, 1, side, side), 0 black to 1 white, and return logits."""

from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)
from torchvision.models import resnet50, vgg16

from core.configs import TrainConfig
from db.enums import EMOTIONS, ModelName

N_CLASSES = len(EMOTIONS)
FAST_WIDTHS = (24, 64, 96, 160)  # multiples of 8: whole vector registers


def build(config: TrainConfig) -> nn.Module:
    """Return a freshly initialised network: float32 faces in, float logits (n, 7) out.

    The initial weights follow torch's global random state; seed it first.
    """
    return BUILDERS[config.model]()


def _vgg16() -> nn.Module:
    """Return torchvision's VGG-16 without weights, for one grey channel and seven classes."""
    network = vgg16(weights=None, num_classes=N_CLASSES)
    first = nn.Conv2d(1, 64, kernel_size=3, padding=1)
    network.features[0] = _initialised(first)
    model: nn.Module = network
    return model


def _resnet50() -> nn.Module:
    """Return torchvision's ResNet-50 without weights, for one grey channel and seven classes."""
    model: nn.Module = resnet50(weights=None, num_classes=N_CLASSES)
    first = nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)
    model.conv1 = _initialised(first)
    return model


def _initialised(layer: nn.Conv2d) -> nn.Conv2d:
    """Return the layer, initialised as torchvision does in both networks (He, fan out)."""
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class FastNet(nn.Module):
    """A small residual network that halves the faces' size three times, once at the first layer.

    Dense 3x3 convolutions with many channels on few pixels run near a CPU's peak in bfloat16;
    depthwise ones, and layers at full size, wait for memory (README, Decisions).
    Each face is standardised first, so light and contrast do not matter.
    """

    def __init__(self) -> None:
        super().__init__()
        first, second, third, last = FAST_WIDTHS
        self.features = nn.Sequential(
            _Convolution(1, first, kernel=3, stride=2),
            nn.ReLU(),
            _Convolution(first, second, kernel=3),
            nn.ReLU(),
            _Residual(second, third, stride=2),
            _Residual(third, last, stride=2),
            _Residual(last, last, stride=1),
        )
        self.classifier = nn.Linear(last, N_CLASSES)

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
    """Two 3x3 convolutions beside a shortcut: pooled and projected, or the maps as they are."""

    def __init__(self, n_in: int, n_out: int, *, stride: int) -> None:
        super().__init__()
        self.first = _Convolution(n_in, n_out, kernel=3, stride=stride)
        self.second = _Convolution(n_out, n_out, kernel=3)
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or n_in != n_out:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True), _Convolution(n_in, n_out, kernel=1)
            )

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Return maps of 1/stride the side."""
        return F.relu(self.second(F.relu(self.first(maps))) + self.shortcut(maps))


BUILDERS: Mapping[ModelName, Callable[[], nn.Module]] = {
    ModelName.FAST: FastNet,
    ModelName.VGG16: _vgg16,
    ModelName.RESNET50: _resnet50,
}
