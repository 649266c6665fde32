"""Maps of faces as they are stored: masked, resized, explained, and put back into their frame.

Gradients (plain, smooth, guided) are shown by their size, since darker and lighter count the same;
of the others only what speaks for the emotion is shown.

For speed, batch norms are folded into convolutions and a network runs in the precision of its
training. Where that is bfloat16, a map of a `fast` network trained on real faces correlates with
float32's by 0.97 and more (gradients) or 0.99 (the others), mean maps by more than 0.999.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.configs import TrainConfig, own_test_mask
from core.images.faces import FaceSet
from core.images.masks import cover_faces, mask_array, restored
from core.maps.tile_grid import COLUMNS, ROWS
from core.ml.batches import network_input
from core.ml.cam_layers import cam_layer, device_of
from core.ml.devices import precision
from core.ml.folding import folded
from core.ml.saliency.attribution import Attribute, pictures_at_once
from core.ml.saliency.cells import grad_cam
from core.ml.saliency.gradients import (
    N_SAMPLES,
    N_STEPS,
    gradient,
    integrated_gradients,
    smooth_grad,
)
from core.ml.saliency.guided import guided_grad_cam
from core.ml.saliency.occlusion import occlusion, window_counts
from core.ml.tiles import tile_maps
from db.enums import SaliencyMethod

Labels = NDArray[np.int64]
Explain = Callable[[FaceSet, Callable[[int], None]], NDArray[np.float32]]
"""Takes faces, whose labels are explained, and who is told of each batch; see `maps`."""


class _Method(NamedTuple):
    """How a method works.

    Attributes:
        attribution: Takes a network and its configuration, returns what explains faces.
        shown: What of a signed attribution is a map: its size, or what speaks for the emotion.
        n_pictures: How many pictures pass through the network for one map.
    """

    attribution: Callable[[nn.Module, TrainConfig], Attribute]
    shown: Callable[[torch.Tensor], torch.Tensor]
    n_pictures: int = 1


_METHODS: Mapping[SaliencyMethod, _Method] = {
    SaliencyMethod.GRAD_CAM: _Method(grad_cam, torch.relu),
    SaliencyMethod.GRADIENT: _Method(gradient, torch.abs),
    SaliencyMethod.SMOOTH_GRAD: _Method(smooth_grad, torch.abs, N_SAMPLES),
    SaliencyMethod.INTEGRATED_GRADIENTS: _Method(integrated_gradients, torch.relu, N_STEPS),
    SaliencyMethod.GUIDED_GRAD_CAM: _Method(guided_grad_cam, torch.abs),
    SaliencyMethod.OCCLUSION: _Method(occlusion, torch.relu, 122),  # 11 x 11 windows, and none
}


def maps(
    model: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    method: SaliencyMethod,
    *,
    targets: Labels | None = None,
    on_batch: Callable[[int], None] = lambda _: None,
) -> NDArray[np.float32]:
    """Return where each face speaks for an emotion: float32, shape (n, side, side), >= 0.

    `side` is the image size of the run. The run's mask is covered and the faces are resized, as
    in its training; what it covers or cuts off is 0. A map can be 0 everywhere: nothing in the face
    speaks for the emotion.

    Args:
        model: The network; it is set to evaluation.
        faces: The faces, not masked yet.
        config: The run's settings.
        method: How the maps are computed.
        targets: int64, shape (n,). The emotions explained, the faces' labels where None.
        on_batch: Called after every batch with the number of faces done. It may raise.

    Raises:
        MissingLandmarksError: If the run's mask follows landmarks and the faces have none.
        ConfigError: If the network has no layer that Grad-CAM can read.
    """
    explained = faces if targets is None else replace(faces, labels=targets)
    return explainer(model, config, method)(explained, on_batch)


def explainer(model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> Explain:
    """Return what makes maps as `maps`, made ready once for whoever asks again and again.

    Later changes of the network's weights may go unseen.

    Raises:
        ConfigError: If the network has no layer that Grad-CAM can read.
    """
    if method is SaliencyMethod.TILES:
        return partial(_needed_tiles, model, config)
    return _Attributed(model, config, method).maps


def _needed_tiles(
    model: nn.Module, config: TrainConfig, faces: FaceSet, on_batch: Callable[[int], None]
) -> NDArray[np.float32]:
    """Return which tiles each face needed for its label, as `maps`."""
    return tile_maps(model, faces, config, on_batch=on_batch) * _seen_share(faces, config)


class _Attributed:
    """A network made ready for one method that is an attribution."""

    def __init__(self, model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> None:
        self._config = config
        self._method = _METHODS[method]
        self._device = device_of(model)
        self._compute = self._method.attribution(_prepared(model), config)

    def maps(self, faces: FaceSet, on_batch: Callable[[int], None]) -> NDArray[np.float32]:
        """Return where each face speaks for its label, as the function `maps`."""
        size = self._config.image_size
        result = np.empty((len(faces), size, size), dtype=np.float32)
        at_once = max(1, pictures_at_once(size, size) // self._method.n_pictures)
        for start in range(0, len(faces), at_once):
            places = np.arange(start, min(start + at_once, len(faces)))
            result[places] = self._maps_of(faces.at(places))
            on_batch(start + len(places))
        return result

    def _maps_of(self, batch: FaceSet) -> NDArray[np.float32]:
        config, labels = self._config, torch.from_numpy(batch.labels)
        found = _computed(self._compute, _inputs(batch, config), labels, config, self._device)
        whole = restored(self._method.shown(found).numpy(), config.mask, config.image_size)
        return whole * _seen_share(batch, config)


def attribution(model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> Attribute:
    """Return what explains faces as the network sees them, signed, in the network's own precision.

    Raises:
        ConfigError: If the network has no layer that Grad-CAM can read.
        KeyError: For `tiles`, which starts from stored faces.
    """
    return _METHODS[method].attribution(model.eval(), config)


def map_cells(model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> tuple[int, int]:
    """Return the rows and columns that a method's map has before it is enlarged."""
    if method is SaliencyMethod.GRAD_CAM:
        return cam_layer(model, config).cells
    if method is SaliencyMethod.OCCLUSION:
        return window_counts(config.image_size, config.image_size)
    if method is SaliencyMethod.TILES:
        return ROWS, COLUMNS
    return config.image_size, config.image_size


def _prepared(model: nn.Module) -> nn.Module:
    """Return a copy of the network that answers the same, and faster."""
    return folded(model.eval()).to(memory_format=torch.channels_last)


def _computed(
    compute: Attribute,
    faces: torch.Tensor,
    targets: torch.Tensor,
    config: TrainConfig,
    device: torch.device,
) -> torch.Tensor:
    """Return the attributions of one batch, on the CPU, computed on the network's device."""
    seen = faces.to(device, memory_format=torch.channels_last)
    with precision(device, mixed=config.mixed_precision):
        return compute(seen, targets.to(device)).detach().cpu()


def _inputs(faces: FaceSet, config: TrainConfig) -> torch.Tensor:
    """Return faces as the network sees them: float32, shape (n, 1, rows, side), 0..1."""
    covered = torch.from_numpy(cover_faces(faces, own_test_mask(config.mask)))
    return network_input(covered, config.image_size)


def _seen_share(faces: FaceSet, config: TrainConfig) -> NDArray[np.float32]:
    """Return the share of each pixel that the run's mask leaves: (n or 1, side, side), 0..1."""
    hidden = mask_array(
        own_test_mask(config.mask), faces.pixels.shape[2], faces.landmarks, ids=faces.image_ids
    )
    left = torch.from_numpy(np.where(hidden, 0, 255).astype(np.uint8))
    return np.asarray(network_input(left, config.image_size)[:, 0].numpy())
