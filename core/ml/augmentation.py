"""Random views of training faces: mirrored, turned, scaled, moved, all of a batch at once."""

import math
from dataclasses import asdict, dataclass

import torch
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

LEAST_ERASED, MOST_ERASED = 0.02, 0.2  # of a view's area (Zhong et al. 2020 go up to 0.4)
MOST_ERASED_ASPECT = 2.5  # longer side over shorter


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

    def times(self, factor: float) -> "Strength":
        """Return limits `factor` times as wide."""
        return Strength(**{name: factor * limit for name, limit in asdict(self).items()})


def random_views(faces: torch.Tensor, size: int, strength: Strength | None = None) -> torch.Tensor:
    """Return one random view of each face, resized in the same step.

    Half of the views are mirrored. What lies outside the face is filled with its edge pixels.
    Random numbers come from torch's global CPU state, whatever the device.

    Args:
        faces: float32, shape (n, 1, height, width).
        size: Width of the views in pixels; their height follows.
        strength: How far views may differ; the default where None.

    Returns:
        float32, shape (n, 1, height * size / width, size), in the range of `faces`.
    """
    n, _, height, width = faces.shape
    shape = (round(height * size / width), size)
    if width > 1.5 * size:  # the sampling below reads four pixels and would skip the others
        faces = F.interpolate(faces, size=shape, mode="bilinear", antialias=True)
    maps = _random_maps(n, strength or Strength(), height / width).to(faces.device)
    grid = F.affine_grid(maps, [n, 1, *shape], align_corners=False)
    return F.grid_sample(faces, grid, mode="bilinear", padding_mode="border", align_corners=False)


def erased(views: torch.Tensor, share: float) -> torch.Tensor:
    """Return the views, a random rectangle of some made as grey as the view is on average.

    Random numbers come from torch's global CPU state, whatever the device.

    Args:
        views: float32, shape (n, 1, height, width).
        share: How many of the views lose a rectangle, 0..1.
    """
    n, _, height, width = views.shape
    area = LEAST_ERASED + (MOST_ERASED - LEAST_ERASED) * torch.rand(n)
    stretch = torch.exp(_between(n, math.log(MOST_ERASED_ASPECT)) / 2)
    rows = _spans(height, area.sqrt() * stretch)
    columns = _spans(width, area.sqrt() / stretch)
    chosen = (torch.rand(n) < share)[:, None, None]
    hidden = (rows[:, :, None] & columns[:, None, :] & chosen)[:, None].to(views.device)
    return torch.where(hidden, views.mean(dim=(2, 3), keepdim=True), views)


def _spans(side: int, lengths: torch.Tensor) -> torch.Tensor:
    """Return which of `side` places lie in one random span for each length (a share of the side).

    A span's middle is anywhere, so that a part of it may lie outside. Bool, shape (n, side).
    """
    middles = torch.rand(len(lengths)) * side
    places = torch.arange(side) + 0.5
    return (places - middles[:, None]).abs() < lengths[:, None] * side / 2


def _random_maps(n: int, strength: Strength, ratio: float) -> torch.Tensor:
    """Return affine maps from view to face coordinates (-1..1), float32, shape (n, 2, 3).

    `ratio` is the faces' height over their width: both reach from -1 to 1, but turns are in pixels.
    """
    mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    turn = _between(n, math.radians(strength.turn_degrees))
    zoom = torch.exp(_between(n, strength.log_scale))
    stretch = torch.exp(_between(n, strength.log_aspect))
    cosine, sine = torch.cos(turn) * zoom, torch.sin(turn) * zoom
    moved_across, moved_down = (_between(n, strength.shift_share) for _ in range(2))
    across = torch.stack([cosine * stretch * mirror, -sine / stretch * ratio, moved_across], dim=1)
    down = torch.stack([sine * stretch * mirror / ratio, cosine / stretch, moved_down], dim=1)
    return torch.stack([across, down], dim=1)


def _between(n: int, limit: float) -> torch.Tensor:
    """Return n numbers drawn evenly from -limit to limit, float32."""
    return (torch.rand(n) * 2 - 1) * limit
