"""How a trained network describes faces: the features that its last layer judges by."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.configs import TrainConfig, own_test_mask
from core.images.faces import FaceSet
from core.ml.batches import masked_faces, network_input
from core.ml.devices import precision
from core.ml.evaluation import TEST_BATCH
from db.enums import EMOTIONS

MOST = 65_504.0  # float16's largest number


def features(
    model: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    *,
    on_batch: Callable[[int], None],
) -> NDArray[np.float16]:
    """Return what the network's last layer gets of each face.

    The faces are covered and resized as in the run's own test, and seen once, as they are.

    Args:
        model: A network from `evaluation.load`; it is left in evaluation mode.
        faces: The faces, not masked yet.
        config: The run's settings.
        on_batch: Called after every batch with the number of faces done; what it raises ends it.

    Returns:
        float16, shape (n, d); d is 160 for `fast`, 2,048 for ResNet-50, 4,096 for VGG-16. Half
        precision keeps three digits, and a cosine of such rows is right to 1e-3.

    Raises:
        MissingLandmarksError: If the run's mask follows landmarks and the faces have none.
    """
    device = next(model.parameters()).device
    mask = own_test_mask(config.mask)
    rows: list[NDArray[np.float16]] = []
    hook = last_layer(model.eval()).register_forward_pre_hook(
        lambda _, inputs: rows.append(inputs[0].float().clamp(-MOST, MOST).half().cpu().numpy())
    )
    try:
        for start in range(0, len(faces), TEST_BATCH):
            places = np.arange(start, min(start + TEST_BATCH, len(faces)))
            seen = masked_faces(faces, places, mask, device).pixels
            with torch.inference_mode(), precision(device, mixed=config.mixed_precision):
                model(network_input(seen, config.image_size))
            on_batch(start + len(places))
    finally:
        hook.remove()
    return np.concatenate(rows)


def last_layer(model: nn.Module) -> nn.Linear:
    """Return the layer that turns features into a logit for each emotion."""
    return [
        layer
        for layer in model.modules()
        if isinstance(layer, nn.Linear) and layer.out_features == len(EMOTIONS)
    ][-1]
