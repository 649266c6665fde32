"""What a trained network makes of faces."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.configs import TestViews, TrainConfig, own_test_mask
from core.images.faces import FaceSet
from core.images.masks import cover_faces
from core.ml.batches import network_input
from core.ml.checkpoints import WEIGHTS_NAME, load_weights, read
from core.ml.devices import choose_device, precision
from core.ml.models import build
from core.ml.views import N_VIEWS, judged_together, views_of
from db.enums import Mask

TEST_BATCH = 256  # faces times views


def load(run_dir: Path, config: TrainConfig, *, device: str = "auto") -> nn.Module:
    """Return the trained network of a run, in evaluation mode.

    Raises:
        CheckpointError: If the run has no weights, or damaged ones, or another network's.
        ConfigError: If the device is not there.
    """
    path = run_dir / WEIGHTS_NAME
    weights = read(path)
    model = build(config)
    load_weights(model, weights, path)
    place = choose_device(device)
    return model.to(place).to(memory_format=torch.channels_last).eval()


def probabilities(
    model: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    *,
    mask: Mask | None = None,
) -> NDArray[np.float32]:
    """Return the probability of each emotion for each face.

    Args:
        model: A network from `load` or `train`; it is left in evaluation mode.
        faces: The faces, not masked yet.
        config: The run's settings.
        mask: The part to cover; the run's own where None, nothing where that one is random.

    Returns:
        float32, shape (n, 7), rows sum to 1, columns in the order of `EMOTIONS`.

    Raises:
        MissingLandmarksError: If the mask follows landmarks and the faces have none.
    """
    chosen = own_test_mask(config.mask) if mask is None else mask
    covered = torch.from_numpy(cover_faces(faces, chosen))
    logs = log_probabilities(model, covered, config, size=config.image_size)
    result: NDArray[np.float32] = logs.exp().numpy()
    return result


def log_probabilities(
    model: nn.Module,
    pixels: torch.Tensor,
    config: TrainConfig,
    *,
    size: int,
    views: TestViews | None = None,
) -> torch.Tensor:
    """Return log-probabilities, float32, shape (n, 7), on the CPU, for masked uint8 faces.

    The faces are resized to `size` and seen in these views, those that `config.test_views`
    names where None.
    """
    device = next(model.parameters()).device
    model.eval()
    seen_in = views or config.test_views
    n_views = N_VIEWS[seen_in]
    at_once = max(1, TEST_BATCH // n_views)
    parts = [torch.empty(0, 7)]
    for start in range(0, len(pixels), at_once):
        with torch.inference_mode(), precision(device, mixed=config.mixed_precision):
            faces = network_input(pixels[start : start + at_once].to(device), size)
            # All views at once: ten passes of one face each take eight times as long.
            logits = model(torch.cat(views_of(faces, seen_in)))
        parts.append(judged_together(logits.float(), seen_in).cpu())
    return torch.cat(parts)
