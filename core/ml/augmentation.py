"""Random views of training faces: mirrored, turned, scaled, moved, all of a batch at once."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)


@dataclass(frozen=True)
class Strength:
    """How far a view may be from the face; each value is drawn evenly from -limit to limit.

    Attributes:
        turn_degrees: Rotation.
        log_scale: Logarithm of the zoom.
        log_aspect: Logarithm of the stretch in width, undone in height.
        shift_share: Movement each way, as a share of half the side.
    """

    turn_degrees: float = 8.0
    log_scale: float = 0.08
    log_aspect: float = 0.04
    shift_share: float = 0.08


def random_views(faces: torch.Tensor, size: int, strength: Strength | None = None) -> torch.Tensor:
    """Return one random view of each face, resized in the same step.

    Half of the views are mirrored. What lies outside the face is filled with its edge pixels.
    Random numbers come from torch's global CPU state, whatever the device.

    Args:
        faces: float32, shape (n, 1, side, side).
        size: Side of the views in pixels.
        strength: How far views may differ; the default where None.

    Returns:
        float32, shape (n, 1, size, size), in the range of `faces`.
    """
    n, side = len(faces), faces.shape[-1]
    if side > 1.5 * size:  # the sampling below reads four pixels and would skip the others
        faces = F.interpolate(faces, size=(size, size), mode="bilinear", antialias=True)
    maps = _random_maps(n, strength or Strength()).to(faces.device)
    grid = F.affine_grid(maps, [n, 1, size, size], align_corners=False)
    return F.grid_sample(faces, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _random_maps(n: int, strength: Strength) -> torch.Tensor:
    """Return affine maps from view to face coordinates (-1..1), float32, shape (n, 2, 3)."""
    mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    turn = _between(n, math.radians(strength.turn_degrees))
    zoom = torch.exp(_between(n, strength.log_scale))
    stretch = torch.exp(_between(n, strength.log_aspect))
    cosine, sine = torch.cos(turn) * zoom, torch.sin(turn) * zoom
    across = torch.stack(
        [cosine * stretch * mirror, -sine / stretch, _between(n, strength.shift_share)], dim=1
    )
    down = torch.stack(
        [sine * stretch * mirror, cosine / stretch, _between(n, strength.shift_share)], dim=1
    )
    return torch.stack([across, down], dim=1)


def _between(n: int, limit: float) -> torch.Tensor:
    """Return n numbers drawn evenly from -limit to limit, float32."""
    return (torch.rand(n) * 2 - 1) * limit
