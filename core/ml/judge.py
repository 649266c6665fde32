"""A network together with what is done to faces before it and to its answers after it, as one."""

import math

import torch
from torch import nn
from torch.nn import functional

from core.configs import TestViews, TrainConfig
from core.ml.batches import network_input
from core.ml.views import N_VIEWS, views_of


class Judge(nn.Module):
    """Takes uint8 faces (n, rows, side), masked already; returns probabilities, float32, (n, 7).

    They are those of `evaluation.probabilities` in float32. All steps but the network's are sums
    and copies with constant places, found by running the very functions that training and tests
    use, so that a graph of this module holds for any number of faces.

    Args:
        network: In evaluation mode.
        config: The run's settings.
        rows: Rows of a face; fewer than `side` where the run's mask cuts some off.
        side: Columns of a face.
    """

    down: torch.Tensor
    across: torch.Tensor
    places: torch.Tensor

    def __init__(self, network: nn.Module, config: TrainConfig, *, rows: int, side: int) -> None:
        super().__init__()
        self.network = network
        down, across = resizing(rows, side, config.image_size)
        self.shape, places = viewing(len(down), len(across.T), config.test_views)
        self.register_buffer("places", places)
        self.register_buffer("down", down)
        self.register_buffer("across", across)
        self.n_views = N_VIEWS[config.test_views]

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        """Return the probabilities of the emotions, in the order of `EMOTIONS`."""
        seen = self.down @ (faces.float() / 255) @ self.across
        views = seen.flatten(1)[:, self.places.flatten()]  # all views of a face beside each other
        logits = self.network(views.reshape(-1, 1, *self.shape))
        logs = logits.float().log_softmax(dim=1).unflatten(0, (-1, self.n_views))
        mean: torch.Tensor = logs.logsumexp(dim=1) - math.log(self.n_views)
        return mean.exp()

    def fix_pools(self) -> None:
        """Replace pooling to a given size, which VGG-16 has and ONNX lacks, by what it is here.

        The network is changed; its answers for faces of this shape stay.
        """
        shapes: dict[str, torch.Size] = {}
        pools = {
            name: module
            for name, module in self.network.named_modules()
            if isinstance(module, nn.AdaptiveAvgPool2d)
        }
        hooks = [
            module.register_forward_pre_hook(
                lambda _, inputs, name=name: shapes.update({name: inputs[0].shape})
            )
            for name, module in pools.items()
        ]
        with torch.inference_mode():
            self(torch.zeros(1, self.down.shape[1], self.across.shape[0], dtype=torch.uint8))
        for hook in hooks:
            hook.remove()
        for name, module in pools.items():
            self.network.set_submodule(name, FixedPool(module, shapes[name]))


class FixedPool(nn.Module):
    """Average pooling to a given size, for inputs of one shape: a product with two matrices."""

    down: torch.Tensor
    across: torch.Tensor

    def __init__(self, pool: nn.AdaptiveAvgPool2d, shape: torch.Size) -> None:
        super().__init__()
        size = pool.output_size
        rows, columns = size if isinstance(size, tuple) else (size, size)
        self.register_buffer("down", _averaging(shape[2], rows or shape[2]).T.contiguous())
        self.register_buffer("across", _averaging(shape[3], columns or shape[3]))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the averages, shape (n, channels, rows, columns)."""
        return self.down @ features @ self.across


def _averaging(n: int, size: int) -> torch.Tensor:
    """Return with what weight each of n inputs is in each of `size` averages: shape (n, size)."""
    return functional.adaptive_avg_pool1d(torch.eye(n).unsqueeze(0), size)[0]


def resizing(rows: int, side: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what `network_input` does to faces as matrices to multiply with from left and right.

    Returns:
        float32, shapes (new rows, rows) and (side, size): each output row and column is a weighted
        sum of input ones, for bilinear resizing works on rows and columns apart.
    """
    one_row = torch.zeros(rows, rows, side, dtype=torch.uint8)
    one_row[range(rows), range(rows)] = 255
    one_column = torch.zeros(side, rows, side, dtype=torch.uint8)
    one_column[range(side), :, range(side)] = 255
    down = network_input(one_row, size)[:, 0, :, 0].T.contiguous()
    across = network_input(one_column, size)[:, 0, 0].contiguous()
    return down, across


def viewing(rows: int, columns: int, views: TestViews) -> tuple[tuple[int, int], torch.Tensor]:
    """Return the rows and columns of a view, and the place in a face of each pixel of each view.

    Returns:
        The shape, and int64, shape (n_views, rows * columns): views only copy pixels.
    """
    numbers = torch.arange(rows * columns, dtype=torch.float64).reshape(1, 1, rows, columns)
    seen = torch.cat(views_of(numbers, views))
    return (seen.shape[2], seen.shape[3]), seen.flatten(1).round().long()
