"""What a network looks at: saliency maps for the emotion a face is labeled with (captum)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import LayerGradCam, Saliency
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TrainConfig
from core.errors import ConfigError
from core.images.masks import cover
from core.maps.mean_maps import MeanMaps
from core.ml.batches import network_input
from db.enums import EMOTIONS, SaliencyMethod

MIN_CELLS = 6  # a side; fewer cells cannot tell brows from eyes (half a face high each)
BATCH_SIZE = 32  # VGG-16 at 128 px keeps about 40 MB of activations a face
POOLING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class CamLayer:
    """The layer that Grad-CAM reads: its module's name and the rows and columns of its map."""

    name: str
    cells: tuple[int, int]


def maps(
    model: nn.Module,
    pixels: Pixels,
    labels: Labels,
    config: TrainConfig,
    method: SaliencyMethod,
) -> NDArray[np.float32]:
    """Return where each face speaks for its label: float32, shape (n, side, side), >= 0.

    `side` is the image size of the run. The faces are resized and the run's mask is covered, as
    in its training. `grad_cam` (Selvaraju et al. 2017) is computed at `cam_layer`, cut at 0 and
    enlarged bilinearly; `gradient` (Simonyan et al. 2013) is the absolute derivative of the label's
    logit by each pixel. A map can be 0 everywhere: nothing in the face speaks for the label.

    Args:
        model: The trained network; it is set to evaluation.
        pixels: uint8, shape (n, s, s), 0 black to 255 white.
        labels: int64, shape (n,). Index into `db.enums.EMOTIONS`.
        config: The run's settings.
        method: How the maps are computed.
    """
    model.eval()
    attribute = _ATTRIBUTIONS[method](model, config)
    result = np.empty((len(pixels), config.image_size, config.image_size), dtype=np.float32)
    for start in range(0, len(pixels), BATCH_SIZE):
        batch = slice(start, start + BATCH_SIZE)
        faces = _inputs(pixels[batch], config).to(_device(model))
        targets = torch.from_numpy(labels[batch]).to(faces.device)
        result[batch] = attribute(faces, targets).detach().cpu().numpy()
    return result


def map_cells(model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> tuple[int, int]:
    """Return the rows and columns that a method's map has before it is enlarged."""
    if method is SaliencyMethod.GRAD_CAM:
        return cam_layer(model, config).cells
    return config.image_size, config.image_size


def cam_layer(model: nn.Module, config: TrainConfig) -> CamLayer:
    """Return the deepest stage whose map still has 6x6 cells for the run's image size.

    Found by a dry run, so that it holds for any network: of the stages that return feature maps,
    pooling aside (an adaptive one enlarges without adding detail), the last one to finish.

    Raises:
        ConfigError: If no stage has that many cells.
    """
    stages = {name: stage for name, stage in _stages(model) if not isinstance(stage, POOLING)}
    shapes = _output_shapes(model, stages, config)
    for name, calls in reversed(shapes.items()):
        is_map = len(calls) == 1 and len(calls[0]) == 4  # a module used twice has no one map
        if is_map and min(calls[0][2:]) >= MIN_CELLS:
            rows, columns = calls[0][2:]
            return CamLayer(name, (rows, columns))
    raise ConfigError(
        f"No layer of {config.model} has {MIN_CELLS}x{MIN_CELLS} cells at image_size "
        f"{config.image_size}; use the gradient method."
    )


def mean_maps(
    model: nn.Module,
    faces: tuple[Pixels, Labels],
    config: TrainConfig,
    method: SaliencyMethod,
    *,
    on_batch: Callable[[int], None],
) -> MeanMaps:
    """Return each emotion's mean face and mean map over faces given as (pixels, labels).

    `on_batch` is called after every batch with the number of faces done; what it raises ends
    the work.
    """
    pixels, labels = faces
    shape = (len(EMOTIONS), config.image_size, config.image_size)
    face_sums, map_sums = np.zeros(shape), np.zeros(shape)
    n_faces, n_maps = np.zeros(len(EMOTIONS), np.int64), np.zeros(len(EMOTIONS), np.int64)
    n_done = 0
    for emotion, batch in _batches(labels):
        seen = _inputs(pixels[batch], config)[:, 0].numpy()
        found = maps(model, pixels[batch], labels[batch], config, method).astype(np.float64)
        mass = found.sum(axis=(1, 2))
        shares = found[mass > 0] / mass[mass > 0][:, None, None]
        face_sums[emotion] += seen.sum(axis=0, dtype=np.float64)
        map_sums[emotion] += shares.sum(axis=0)
        n_faces[emotion] += len(batch)
        n_maps[emotion] += len(shares)
        n_done += len(batch)
        on_batch(n_done)
    return MeanMaps(
        mean_faces=(255 * _per_image(face_sums, n_faces)).astype(np.float32),
        mean_maps=_per_image(map_sums, n_maps).astype(np.float32),
        n=n_maps,
        n_empty=n_faces - n_maps,
        cells=np.array(map_cells(model, config, method), dtype=np.int64),
    )


def _batches(labels: Labels) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield batches of indices of equally labeled faces with their label."""
    for label in range(len(EMOTIONS)):
        chosen = np.flatnonzero(labels == label)
        for start in range(0, len(chosen), BATCH_SIZE):
            yield label, chosen[start : start + BATCH_SIZE]


def _per_image(sums: NDArray[np.float64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return sums divided by their counts, 0 where there was nothing to sum."""
    return np.asarray(sums / np.maximum(n, 1)[:, None, None], dtype=np.float64)


Attribute = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Takes faces (n, 1, side, side) and targets (n,), returns maps (n, side, side)."""


def _grad_cam(model: nn.Module, config: TrainConfig) -> Attribute:
    explain = LayerGradCam(model, model.get_submodule(cam_layer(model, config).name))

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        coarse = explain.attribute(faces.requires_grad_(), targets, relu_attributions=True)
        return F.interpolate(coarse, faces.shape[2:], mode="bilinear", align_corners=False)[:, 0]

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


def _stages(module: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules that the whole signal passes through, with their names.

    These are the network's direct parts and what is inside chains; not the inside of a block,
    where a shortcut leads past and Grad-CAM would miss what it carries.
    """
    for name, child in module.named_children():
        yield prefix + name, child
        if isinstance(child, nn.Sequential):
            yield from _stages(child, f"{prefix}{name}.")


def _output_shapes(
    model: nn.Module, stages: Mapping[str, nn.Module], config: TrainConfig
) -> dict[str, list[tuple[int, ...]]]:
    """Return the output shape of every call of every stage, stages in the order they finish.

    One blank face passes through the network, leaving no trace in it.
    """
    shapes: dict[str, list[tuple[int, ...]]] = {}

    def note(name: str, output: torch.Tensor) -> None:
        shapes.setdefault(name, []).append(tuple(output.shape))

    handles = [
        stage.register_forward_hook(lambda _m, _i, output, name=name: note(name, output))
        for name, stage in stages.items()
    ]
    was_training = model.training
    try:
        with torch.no_grad():
            size = config.image_size
            model.eval()(torch.zeros(1, 1, size, size, device=_device(model)))
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    return shapes


def _device(model: nn.Module) -> torch.device:
    """Return where the network's weights are."""
    return next(model.parameters()).device


def _inputs(pixels: Pixels, config: TrainConfig) -> torch.Tensor:
    """Return faces as the network sees them: float32, shape (n, 1, side, side), 0..1."""
    return network_input(torch.from_numpy(cover(pixels, config.mask)), config.image_size)
