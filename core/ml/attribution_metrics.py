"""captum's metrics of attributions, batched and seeded (Yeh et al. 2019, arXiv 1901.09392)."""

import numpy as np
import torch
from captum.metrics import infidelity, sensitivity_max
from numpy.typing import NDArray
from torch import nn

from core.images.masks import MID_GREY
from core.ml.evaluation import TEST_BATCH
from core.ml.saliency import Attribute

RADIUS = 0.02  # of white: 5 of 255, captum's own
N_NOISES = 10
MAPS_AT_ONCE = 28
N_SQUARES = 64
SQUARE_SHARE = 1 / 6  # of the side: 8 of 48 px, as the windows of occlusion


def noise_sensitivity(
    compute: Attribute, seen: torch.Tensor, labels: torch.Tensor, seed: int
) -> NDArray[np.float64]:
    """Return by how much each map changes at most under noise, as a share of its norm: (n,), >= 0.

    captum's `sensitivity_max` (Yeh et al. 2019): 10 draws of noise up to 0.02 in every pixel. NaN
    where there is no map.
    """

    def explain(
        faces: torch.Tensor | tuple[torch.Tensor, ...], target: torch.Tensor
    ) -> tuple[torch.Tensor]:
        only = faces[0] if isinstance(faces, tuple) else faces  # captum asks in both ways
        with torch.enable_grad():
            return (compute(only.detach(), target).detach(),)

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        found = sensitivity_max(
            explain,
            seen,
            perturb_radius=RADIUS,
            n_perturb_samples=N_NOISES,
            max_examples_per_batch=_at_once(len(seen), N_NOISES, MAPS_AT_ONCE),
            target=labels,
        )
        is_empty = explain(seen, labels)[0].flatten(1).abs().amax(dim=1) == 0
    values = found.double().cpu().numpy()
    return np.where(is_empty.cpu().numpy(), np.nan, values)


def unexplained(
    model: nn.Module,
    seen: torch.Tensor,
    labels: torch.Tensor,
    attributions: torch.Tensor,
    seed: int,
) -> NDArray[np.float64]:
    """Return the share of the answers' change that attributions do not explain: (n,), 0..1.

    captum's `infidelity` (Yeh et al. 2019), normalised, with squares of the face made mid grey: the
    change is the label's logit before and after, and the explanation the sum of the attributions in
    the square, at the scale that fits each image best. It is divided by what no explanation at all
    would leave. NaN where nothing changes.

    Args:
        model: The network, in evaluation mode.
        seen: float32, shape (n, 1, rows, side), 0..1.
        labels: int64, shape (n,).
        attributions: float32, shape (n, rows, side); what a pixel adds to the logit, signed or not.
        seed: Places the squares.
    """

    def left(explained: torch.Tensor) -> torch.Tensor:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            found: torch.Tensor = infidelity(
                model,
                grey_squares,
                seen,
                explained[:, None],
                target=labels,
                n_perturb_samples=N_SQUARES,
                max_examples_per_batch=_at_once(len(seen), N_SQUARES, TEST_BATCH),
                normalize=True,
            )
        return found

    remaining, all_of_it = left(attributions), left(torch.zeros_like(attributions))
    shares = (remaining / all_of_it).double().cpu().numpy()
    return np.where(np.isfinite(shares), np.clip(shares, 0, 1), np.nan)


def grey_squares(seen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return random squares, 1 inside and 0 outside, and the faces with their squares mid grey."""
    rows, side = seen.shape[2:]
    length = max(1, round(SQUARE_SHARE * side))
    tops = torch.randint(rows - length + 1, (len(seen), 1, 1, 1), device=seen.device)
    lefts = torch.randint(side - length + 1, (len(seen), 1, 1, 1), device=seen.device)
    down = torch.arange(rows, device=seen.device)[:, None] - tops
    right = torch.arange(side, device=seen.device) - lefts
    is_inside = (down >= 0) & (down < length) & (right >= 0) & (right < length)
    squares = is_inside.to(seen)
    return squares, torch.where(squares > 0, MID_GREY / 255, seen)


def _at_once(n_faces: int, n_each: int, most: int) -> int:
    """Return how many perturbed faces captum makes at once: some of each, at most all."""
    return min(n_faces * n_each, max(n_faces, most))
