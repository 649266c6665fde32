"""A network together with what is done to faces before it and to its answers after it, as one."""

import torch
from torch import nn
from torch.nn import functional

from core.configs import TrainConfig
from core.ml.batches import network_input
from core.ml.views import judged_together, views_of


class Judge(nn.Module):
    """Takes uint8 faces (n, rows, side), masked already; returns probabilities, float32, (n, 7).

    They are those of `evaluation.probabilities` in float32. Resizing is a product with constant
    matrices, found by running the very function that training and tests use, so that a graph of
    this module holds for any number of faces.

    Args:
        network: In evaluation mode.
        config: The run's settings.
        rows: Rows of a face; fewer than `side` where the run's mask cuts some off.
        side: Columns of a face.
    """

    down: torch.Tensor
    across: torch.Tensor

    def __init__(self, network: nn.Module, config: TrainConfig, *, rows: int, side: int) -> None:
        super().__init__()
        self.network = network
        down, across = resizing(rows, side, config.image_size)
        self.register_buffer("down", down)
        self.register_buffer("across", across)
        self.views = config.test_views

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        """Return the probabilities of the emotions, in the order of `EMOTIONS`."""
        seen = self.down @ (faces.float() / 255) @ self.across
        logits = self.network(torch.cat(views_of(seen.unsqueeze(1), self.views)))
        return judged_together(logits.float(), self.views).exp()

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
