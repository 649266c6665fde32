"""What a network looks at: saliency maps for the emotion a face is labeled with (captum)."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from captum.attr import LayerGradCam, Saliency
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TrainConfig, own_test_mask
from core.images.faces import FaceSet
from core.images.masks import cover_faces, mask_array, restored
from core.ml.batches import network_input
from core.ml.cam_layers import cam_layer, cell_offset, device_of
from db.enums import SaliencyMethod

BATCH_SIZE = 32  # VGG-16 at 128 px keeps about 40 MB of activations a face

Labels = NDArray[np.int64]

Attribute = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Takes faces (n, 1, rows, side) and targets (n,), returns maps (n, rows, side)."""


def maps(
    model: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    method: SaliencyMethod,
    *,
    targets: Labels | None = None,
    on_batch: Callable[[int], None] | None = None,
) -> NDArray[np.float32]:
    """Return where each face speaks for an emotion: float32, shape (n, side, side), >= 0.

    `side` is the image size of the run. The run's mask is covered and the faces are resized, as
    in its training; what it covers or cuts off is 0. `grad_cam` (Selvaraju et al. 2017) is computed
    at `cam_layer`, cut at 0 and enlarged bilinearly, each cell put where it looks
    (`cell_offset`). `gradient` (Simonyan et al. 2013) is the absolute derivative of the emotion's
    logit by each pixel. A map can be 0 everywhere: nothing in the face speaks for the emotion.

    Args:
        model: The network; it is set to evaluation.
        faces: The faces, not masked yet.
        config: The run's settings.
        method: How the maps are computed.
        targets: int64, shape (n,). The emotions explained, the faces' labels where None.
        on_batch: Called after every batch with the number of faces done. It may raise.

    Raises:
        MissingLandmarksError: If the run's mask follows landmarks and the faces have none.
    """
    compute = attribution(model.eval(), config, method)
    device = device_of(model)
    explained = faces.labels if targets is None else targets
    result = np.empty((len(faces), config.image_size, config.image_size), dtype=np.float32)
    for start in range(0, len(faces), BATCH_SIZE):
        places = np.arange(start, min(start + BATCH_SIZE, len(faces)))
        batch = faces.at(places)
        found = _on_device(compute, _inputs(batch, config), explained[places], device)
        result[places] = restored(found, config.mask, config.image_size) * _seen(batch, config)
        if on_batch is not None:
            on_batch(start + len(places))
    return result


def attribution(model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> Attribute:
    """Return what computes a method's maps of faces as the network sees them.

    Raises:
        ConfigError: If the method finds no layer that it can read.
    """
    return _ATTRIBUTIONS[method](model, config)


def map_cells(model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> tuple[int, int]:
    """Return the rows and columns that a method's map has before it is enlarged."""
    if method is SaliencyMethod.GRAD_CAM:
        return cam_layer(model, config).cells
    return config.image_size, config.image_size


def _on_device(
    compute: Attribute, faces: torch.Tensor, labels: Labels, device: torch.device
) -> NDArray[np.float32]:
    """Return the maps of one batch of prepared faces, computed on the network's device."""
    targets = torch.from_numpy(labels).to(device)
    found = compute(faces.detach().to(device), targets).detach().cpu().numpy()
    return np.asarray(found, dtype=np.float32)


def _grad_cam(model: nn.Module, config: TrainConfig) -> Attribute:
    layer = cam_layer(model, config)
    explain = LayerGradCam(model, model.get_submodule(layer.name))
    offset_px = cell_offset(model, config, layer)

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        cells = explain.attribute(faces.requires_grad_(), targets, relu_attributions=True)
        rows, side = faces.shape[2:]
        return _enlarged(cells, (rows, side), offset_px)

    return attribute


def _gradient(model: nn.Module, _config: TrainConfig) -> Attribute:
    explain = Saliency(model)

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        gradients: torch.Tensor = explain.attribute(faces.requires_grad_(), targets, abs=True)
        return gradients[:, 0]

    return attribute


_ATTRIBUTIONS: Mapping[SaliencyMethod, Callable[[nn.Module, TrainConfig], Attribute]] = {
    SaliencyMethod.GRAD_CAM: _grad_cam,
    SaliencyMethod.GRADIENT: _gradient,
}


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


def _inputs(faces: FaceSet, config: TrainConfig) -> torch.Tensor:
    """Return faces as the network sees them: float32, shape (n, 1, rows, side), 0..1."""
    covered = torch.from_numpy(cover_faces(faces, own_test_mask(config.mask)))
    return network_input(covered, config.image_size)


def _seen(faces: FaceSet, config: TrainConfig) -> NDArray[np.float32]:
    """Return the share of each pixel that the run's mask leaves: (n or 1, side, side), 0..1."""
    hidden = mask_array(
        own_test_mask(config.mask), faces.pixels.shape[2], faces.landmarks, ids=faces.image_ids
    )
    left = torch.from_numpy(np.where(hidden, 0, 255).astype(np.uint8))
    return np.asarray(network_input(left, config.image_size)[:, 0].numpy())
