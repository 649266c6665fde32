"""The tile task as a part of the saliency job."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import nn

from core.configs import TrainConfig
from core.images.faces import FaceSet
from core.maps.run_maps import MAP_SIDE
from core.maps.tile_grid import painted
from core.maps.tile_trials import RunTiles
from core.ml.tiles import N_TRIALS, tile_trials


def played(
    model: nn.Module,
    untrained: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    *,
    on_face: Callable[[int], None],
) -> RunTiles:
    """Return the trials of both networks, with the same orders of tiles.

    Args:
        model: The trained network.
        untrained: The same with random weights.
        faces: The faces, not masked yet.
        config: The run's settings; its seed draws the orders.
        on_face: Called with the number of faces done, counting both networks. It may raise.
    """
    n = len(faces)
    trained = tile_trials(model, faces, config, seed=config.seed, on_batch=on_face)
    control = tile_trials(
        untrained, faces, config, seed=config.seed, on_batch=lambda done: on_face(n + done)
    )
    return RunTiles(
        image_ids=faces.image_ids,
        labels=faces.labels,
        n_trials=np.array(N_TRIALS),
        weights=trained.weights,
        n_counted=trained.n_counted,
        untrained_weights=control.weights,
        untrained_n_counted=control.n_counted,
    )


def densities(weights: NDArray[np.float32]) -> NDArray[np.float16]:
    """Return tile weights on the canonical face, each image's with mean 1 or 0 everywhere.

    Args:
        weights: float32, shape (n, 8, 6), >= 0.

    Returns:
        float16, shape (n, 48, 48).
    """
    pictures = np.stack([painted(image, MAP_SIDE) for image in weights])
    means = pictures.mean(axis=(1, 2))[:, None, None]
    found = np.divide(pictures, means, out=np.zeros_like(pictures), where=means > 0)
    return np.asarray(found, dtype=np.float16)
