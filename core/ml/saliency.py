"""What a network looks at: saliency maps for the emotion a face is labeled with (captum)."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from captum.attr import LayerGradCam, Saliency
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TrainConfig, own_test_mask
from core.images.faces import FaceSet
from core.images.masks import MID_GREY, cover_faces, restored
from core.maps.mean_maps import MeanMaps
from core.ml.batches import network_input
from core.ml.cam_layers import cam_layer, cell_offset, device_of
from db.enums import EMOTIONS, SaliencyMethod

BATCH_SIZE = 32  # VGG-16 at 128 px keeps about 40 MB of activations a face

Labels = NDArray[np.int64]

Attribute = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Takes faces (n, 1, rows, side) and targets (n,), returns maps (n, rows, side)."""


def maps(
    model: nn.Module, faces: FaceSet, config: TrainConfig, method: SaliencyMethod
) -> NDArray[np.float32]:
    """Return where each face speaks for its label: float32, shape (n, side, side), >= 0.

    `side` is the image size of the run. The run's mask is covered and the faces are resized, as
    in its training; rows that it cuts off are 0. `grad_cam` (Selvaraju et al. 2017) is computed
    at `cam_layer`, cut at 0 and enlarged bilinearly, each cell put where it looks
    (`cell_offset`). `gradient` (Simonyan et al. 2013) is the absolute derivative of the label's
    logit by each pixel. A map can be 0 everywhere: nothing in the face speaks for the label.

    Args:
        model: The trained network; it is set to evaluation.
        faces: The faces, not masked yet.
        config: The run's settings.
        method: How the maps are computed.
    """
    compute = _ATTRIBUTIONS[method](model.eval(), config)
    device = device_of(model)
    result = np.empty((len(faces), config.image_size, config.image_size), dtype=np.float32)
    for start in range(0, len(faces), BATCH_SIZE):
        batch = faces.at(np.arange(start, min(start + BATCH_SIZE, len(faces))))
        found = _on_device(compute, _inputs(batch, config), batch.labels, device)
        result[start : start + BATCH_SIZE] = _whole(found, config)
    return result


def map_cells(model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> tuple[int, int]:
    """Return the rows and columns that a method's map has before it is enlarged."""
    if method is SaliencyMethod.GRAD_CAM:
        return cam_layer(model, config).cells
    return config.image_size, config.image_size


def mean_maps(
    model: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    method: SaliencyMethod,
    *,
    on_batch: Callable[[int], None],
) -> MeanMaps:
    """Return each emotion's mean face and mean map over faces that are not masked yet.

    Rows that the run's mask cuts off are grey in the mean face and 0 in the mean map.
    `on_batch` is called after every batch with the number of faces done; what it raises ends
    the work.
    """
    compute, device = _ATTRIBUTIONS[method](model.eval(), config), device_of(model)
    shape = (len(EMOTIONS), config.image_size, config.image_size)
    face_sums, map_sums = np.zeros(shape), np.zeros(shape)
    n_faces, n_maps = np.zeros(len(EMOTIONS), np.int64), np.zeros(len(EMOTIONS), np.int64)
    n_done = 0
    for emotion, places in _batches(faces.labels):
        batch = faces.at(places)
        seen = _inputs(batch, config)
        found = _whole(_on_device(compute, seen, batch.labels, device), config).astype(np.float64)
        mass = found.sum(axis=(1, 2))
        shares = found[mass > 0] / mass[mass > 0][:, None, None]
        shown = _whole(seen[:, 0].numpy(), config, fill=MID_GREY / 255)
        face_sums[emotion] += shown.sum(axis=0, dtype=np.float64)
        map_sums[emotion] += shares.sum(axis=0)
        n_faces[emotion] += len(places)
        n_maps[emotion] += len(shares)
        n_done += len(places)
        on_batch(n_done)
    return MeanMaps(
        mean_faces=(255 * _per_image(face_sums, n_faces)).astype(np.float32),
        mean_maps=_per_image(map_sums, n_maps).astype(np.float32),
        n=n_maps,
        n_empty=n_faces - n_maps,
        cells=np.array(map_cells(model, config, method), dtype=np.int64),
    )


def _on_device(
    compute: Attribute, faces: torch.Tensor, labels: Labels, device: torch.device
) -> NDArray[np.float32]:
    """Return the maps of one batch of prepared faces, computed on the network's device."""
    targets = torch.from_numpy(labels).to(device)
    found = compute(faces.detach().to(device), targets).detach().cpu().numpy()
    return np.asarray(found, dtype=np.float32)


def _batches(labels: Labels) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield batches of indices of equally labeled faces with their label."""
    for label in range(len(EMOTIONS)):
        chosen = np.flatnonzero(labels == label)
        for start in range(0, len(chosen), BATCH_SIZE):
            yield label, chosen[start : start + BATCH_SIZE]


def _per_image(sums: NDArray[np.float64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return sums divided by their counts, 0 where there was nothing to sum."""
    return np.asarray(sums / np.maximum(n, 1)[:, None, None], dtype=np.float64)


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


def _whole(
    seen: NDArray[np.float32], config: TrainConfig, fill: float = 0.0
) -> NDArray[np.float32]:
    """Return pictures (n, rows, side) with the rows that the run's mask cuts off put back."""
    return restored(seen, config.mask, config.image_size, fill=fill)
