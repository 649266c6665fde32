"""The networks. All take float faces (n, 1, rows, columns), 0 black to 1 white; they return logits.

The study's are torchvision's but for one grey channel and seven classes, down to the names of
their weights, so that a file of torchvision's weights fits.
"""

from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)
from torchvision.models import resnet18, resnet50, vgg16, vgg16_bn

from core.configs import TrainConfig
from core.ml.fast_net import FastNet, standardised
from db.enums import EMOTIONS, ModelName

N_CLASSES = len(EMOTIONS)
VGG_LEAST_ROWS = 32  # it halves them five times; a cropped face of 48 px keeps 24 to 36


def build(config: TrainConfig) -> nn.Module:
    """Return a freshly initialised network: float32 faces in, float logits (n, 7) out.

    The initial weights follow torch's global random state; seed it first.
    """
    return BUILDERS[config.model](config)


def untrained(config: TrainConfig) -> nn.Module:
    """Return the network as the run's seed initialises it, in evaluation mode: a control.

    Initial weights from a file are left aside, and the global random state is left as it was.
    """
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)
        return build(config).eval()


def _vgg16(config: TrainConfig) -> nn.Module:
    """Return VGG-16; its two dropouts are the configuration's."""
    return _vgg(vgg16(weights=None, num_classes=N_CLASSES, dropout=config.dropout))


def _vgg16_bn(config: TrainConfig) -> nn.Module:
    """Return VGG-16 with batch norm; its two dropouts are the configuration's."""
    return _vgg(vgg16_bn(weights=None, num_classes=N_CLASSES, dropout=config.dropout))


def _vgg(network: nn.Module) -> nn.Module:
    """Return a VGG for one grey channel that also takes faces of few rows."""
    features = network.get_submodule("features")
    assert isinstance(features, nn.Sequential)
    features[0] = _initialised(nn.Conv2d(1, 64, kernel_size=3, padding=1))
    network.register_forward_pre_hook(_with_enough_rows)
    return network


def _with_enough_rows(_: nn.Module, inputs: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
    """Return faces with black rows added below them up to 32, as VGG's padding would go on."""
    (faces,) = inputs
    missing = VGG_LEAST_ROWS - faces.shape[2]
    return (F.pad(faces, (0, 0, 0, missing)),) if missing > 0 else inputs


def _resnet50(config: TrainConfig) -> nn.Module:
    """Return ResNet-50; dropout, where the configuration has some, is before the head."""
    network: nn.Module = resnet50(weights=None, num_classes=N_CLASSES)
    network.conv1 = _initialised(nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False))
    if config.dropout:
        network.fc = DroppingLinear(2048, N_CLASSES, config.dropout)
    return network


def _strong(config: TrainConfig) -> nn.Module:
    """Return ResNet-18 as it is used on CIFAR: a face of 48 px keeps 6 x 6 cells to the end.

    The first convolution is 3x3 and halves nothing, and no pooling follows it. Each face is
    standardised first, as for `fast`.
    """
    network: nn.Module = resnet18(weights=None, num_classes=N_CLASSES)
    network.conv1 = _initialised(nn.Conv2d(1, 64, kernel_size=3, padding=1, bias=False))
    network.maxpool = nn.Identity()
    if config.dropout:
        network.fc = DroppingLinear(512, N_CLASSES, config.dropout)
    network.register_forward_pre_hook(_with_standard_light)
    return network


def _with_standard_light(_: nn.Module, inputs: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
    """Return the faces standardised."""
    return (standardised(inputs[0]),)


class DroppingLinear(nn.Linear):
    """A linear layer that leaves out some of its inputs in training.

    One module, not a chain of two: the head's weights keep the names they have without dropout.
    """

    def __init__(self, n_in: int, n_out: int, dropout: float) -> None:
        super().__init__(n_in, n_out)
        self.dropout = dropout

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return float outputs, shape (n, n_out)."""
        return super().forward(F.dropout(features, self.dropout, self.training))


def _initialised(layer: nn.Conv2d) -> nn.Conv2d:
    """Return the layer, initialised as torchvision does in all of them (He, fan out)."""
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


BUILDERS: Mapping[ModelName, Callable[[TrainConfig], nn.Module]] = {
    ModelName.FAST: lambda _: FastNet(),
    ModelName.STRONG: _strong,
    ModelName.VGG16: _vgg16,
    ModelName.VGG16_BN: _vgg16_bn,
    ModelName.RESNET50: _resnet50,
    ModelName.RESNET50_REG: _resnet50,
}
