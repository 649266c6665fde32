"""Occlusion: how much an answer falls when a window of the face is grey."""

import torch
from torch import nn

from core.configs import TrainConfig
from core.images.masks import MID_GREY
from core.ml.saliency.attribution import Attribute, pictures_at_once

FILL = MID_GREY / 255
WINDOWS_A_SIDE = 6  # a window is 8 of 48 px wide, and moves by half of that


def occlusion(model: nn.Module, _config: TrainConfig) -> Attribute:
    """Return the fall of the logit under a grey window (Zeiler & Fergus 2014, arXiv 1311.2901).

    Windows of 8 x 8 of 48 px, 4 px apart; a pixel gets the mean fall of those that cover it.
    """

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        hidden = windows(faces.shape[2], faces.shape[3]).to(faces.device)
        covered = faces[:, None, 0].masked_fill(hidden, FILL)  # (n, windows, rows, side)
        shown = torch.cat([faces, covered], dim=1)  # the face itself is the first
        asked = targets.repeat_interleave(shown.shape[1])
        logits = _logits(model, shown.flatten(0, 1)[:, None], asked).view(shown.shape[:2])
        falls = logits[:, :1] - logits[:, 1:]
        share = hidden.float() / hidden.sum(dim=0)
        return (falls[:, :, None, None] * share).sum(dim=1)

    return attribute


def windows(rows: int, side: int) -> torch.Tensor:
    """Return which pixels each window covers: bool, shape (windows, rows, side)."""
    down, across = _spans(rows, side), _spans(side, side)
    return (down[:, None, :, None] & across[None, :, None, :]).flatten(0, 1)


def window_counts(rows: int, side: int) -> tuple[int, int]:
    """Return how many windows there are from top to bottom and from left to right."""
    return len(_spans(rows, side)), len(_spans(side, side))


def _spans(length: int, side: int) -> torch.Tensor:
    """Return which places each window covers along one axis: bool, shape (windows, length)."""
    width = round(side / WINDOWS_A_SIDE)
    step = max(1, round(width / 2))
    last = max(0, length - width)
    starts = torch.tensor([*range(0, last, step), last])[:, None]  # the last ends at the edge
    places = torch.arange(length)
    return (places >= starts) & (places < starts + width)


def _logits(model: nn.Module, faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return each face's target logit: float32, shape (n,)."""
    parts = torch.split(faces, pictures_at_once(*faces.shape[2:]))
    with torch.no_grad():
        logits = torch.cat([model(part).float() for part in parts])
    return logits.gather(1, targets[:, None])[:, 0]
