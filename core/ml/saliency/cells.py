"""Grad-CAM: cells of a late layer, each drawn where it looks."""

import torch
from captum.attr import LayerGradCam
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TrainConfig
from core.ml.cam_layers import cam_layer, cell_offset
from core.ml.saliency.attribution import Attribute


def grad_cam(model: nn.Module, config: TrainConfig) -> Attribute:
    """Return Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391), cut at 0.

    Computed at `cam_layer` and enlarged bilinearly, each cell put where it looks (`cell_offset`).

    Raises:
        ConfigError: If no layer has enough cells.
    """
    layer = cam_layer(model, config)
    explain = LayerGradCam(model, model.get_submodule(layer.name))
    offset_px = cell_offset(model, config, layer)

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        cells = explain.attribute(
            faces.detach().requires_grad_(), targets, relu_attributions=True
        ).float()
        rows, side = faces.shape[2:]
        return _enlarged(cells, (rows, side), offset_px)

    return attribute


def _enlarged(
    cells: torch.Tensor, size: tuple[int, int], offset_px: tuple[float, float]
) -> torch.Tensor:
    """Return maps (n, 1, rows, columns) enlarged bilinearly, each cell put where it looks.

    `offset_px` is how far down and right of the middle of its square a cell looks. The result has
    shape (n, *size); beyond the outer cells their values go on.
    """
    # The grid of affine_grid runs from -1 to 1 whatever the size.
    down, right = (2 * pixels / length for pixels, length in zip(offset_px, size, strict=True))
    moved = torch.tensor([[1.0, 0.0, -right], [0.0, 1.0, -down]], device=cells.device)
    n = len(cells)
    grid = F.affine_grid(moved.expand(n, 2, 3), [n, 1, *size], align_corners=False)
    return F.grid_sample(cells, grid, padding_mode="border", align_corners=False)[:, 0]
