"""Where in a network Grad-CAM reads, and where in the face the cells of that layer look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from statistics import fmean

import torch
from torch import nn

from core.configs import TrainConfig
from core.errors import ConfigError

MIN_CELLS = 6  # a side; one cell is then as high as from brow to eye, 8 of 48 px
N_PROBES = 8  # noise pictures; VGG-16, whose true offset is 0, then measures within 0.4 px
POOLING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)


@dataclass(frozen=True)
class CamLayer:
    """The layer that Grad-CAM reads: its module's name and the rows and columns of its map."""

    name: str
    cells: tuple[int, int]


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


def cell_offset(model: nn.Module, config: TrainConfig, layer: CamLayer) -> tuple[float, float]:
    """Return how far down and right of the middle of its square a cell of the layer looks, in px.

    Convolutions with stride 2 read around the upper left pixel of each pair, so the cells of
    ResNet-50 look up and left of their squares: by 2 of 48 px. Measured, because
    shortcuts mix paths with different offsets: the centre of the absolute gradient of the middle
    cells, on noise. 0 where no gradient reaches the picture.
    """
    noise = torch.Generator().manual_seed(0)
    faces = torch.rand(N_PROBES, 1, config.image_size, config.image_size, generator=noise)
    faces = faces.to(device_of(model)).requires_grad_()
    output = _layer_output(model, layer, faces)
    signs = torch.randn(output.shape[:2], generator=noise).to(output.device)  # channels differ
    places = torch.arange(config.image_size, device=output.device) + 0.5 - config.image_size / 2
    centres: list[tuple[float, float]] = []
    for row, column in product(*(_middle(count) for count in layer.cells)):
        spoken = (output[:, :, row, column] * signs).sum()
        (gradient,) = torch.autograd.grad(spoken, faces, retain_graph=True)
        looked = gradient.abs().sum(dim=(0, 1))
        if not looked.any():
            return 0.0, 0.0
        share = looked / looked.sum()  # of this cell alone: the middle ones count the same
        centres.append((float(share.sum(dim=1) @ places), float(share.sum(dim=0) @ places)))
    down, right = zip(*centres, strict=True)
    return fmean(down), fmean(right)


def device_of(model: nn.Module) -> torch.device:
    """Return where the network's weights are."""
    return next(model.parameters()).device


def _middle(count: int) -> list[int]:
    """Return the middle one or two of `count` cells: together they are centred in the picture."""
    return sorted({(count - 1) // 2, count // 2})


def _layer_output(model: nn.Module, layer: CamLayer, faces: torch.Tensor) -> torch.Tensor:
    """Return the layer's maps of the faces, float32, shape (n, channels, rows, columns)."""
    outputs: list[torch.Tensor] = []
    stage = model.get_submodule(layer.name)
    handle = stage.register_forward_hook(lambda _m, _i, output: outputs.append(output))
    try:
        model.eval()(faces)
    finally:
        handle.remove()
    return outputs[0]


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
            model.eval()(torch.zeros(1, 1, size, size, device=device_of(model)))
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    return shapes
