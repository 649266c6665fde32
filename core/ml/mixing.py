"""Mixup (Zhang et al. 2018): each face blended with another, and so are their labels."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Mixture:
    """Who is blended with whom in a batch.

    Attributes:
        partners: int64, shape (n,): for each face the place of the other one.
        share: What each face keeps of itself, 0.5..1.
    """

    partners: torch.Tensor
    share: float

    def of(self, values: torch.Tensor) -> torch.Tensor:
        """Return the blend of anything that has one row a face: faces or shares of classes."""
        return values.lerp(values[self.partners.to(values.device)], 1 - self.share)


def random_mixture(n: int, parameter: float) -> Mixture:
    """Return random partners for n faces, and one share for all of them.

    The share is drawn from the beta distribution with `parameter` twice; the larger half of a
    pair counts as the face. Random numbers come from torch's global CPU state.
    """
    share = float(torch.distributions.Beta(parameter, parameter).sample())
    return Mixture(torch.randperm(n), max(share, 1 - share))
