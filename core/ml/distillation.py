"""Learning from a teacher that sees the whole face (Hinton, Vinyals and Dean 2015).

A student that sees a covered face imitates what a network trained on whole faces says of the same
view uncovered: which other emotions a face also resembles tells more than its label alone.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TrainConfig


@dataclass(frozen=True)
class Teacher:
    """A trained network in evaluation mode, and how it was trained."""

    model: nn.Module
    config: TrainConfig

    def logits(self, faces: torch.Tensor) -> torch.Tensor:
        """Return what it says of whole faces of its own size, float32, shape (n, 7)."""
        with torch.no_grad():
            logits: torch.Tensor = self.model(faces)
        return logits.float()


def distance(student: torch.Tensor, teacher: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return the mean Kullback-Leibler divergence of softened outputs, times temperature squared.

    The factor keeps its gradients as large as those of the loss on labels at any temperature.

    Args:
        student: float32 logits, shape (n, 7).
        teacher: float32 logits, the same shape.
        temperature: What both are divided by, above 0; 1 leaves them as they are.
    """
    return temperature**2 * F.kl_div(
        (student / temperature).log_softmax(dim=1),
        (teacher / temperature).log_softmax(dim=1),
        reduction="batchmean",
        log_target=True,
    )
