"""A running average of a network's weights, which is steadier than the weights themselves."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import nn


class AveragedWeights:
    """The exponential moving average of a network's weights and batch statistics.

    While the learning rate is high the network jumps about a good place; its average lies nearer
    to that place, and is tested in its stead.

    Attributes:
        model: A network of the same kind with the averaged weights, in evaluation mode.
        n_steps: Steps averaged so far.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        """Start at the network's present weights; `decay` is the share that a step keeps, 0..1."""
        self.model = deepcopy(model).requires_grad_(False).eval()
        self.n_steps = 0
        self._decay = decay
        self._averages, self._counts = _tensors(self.model)
        self._currents, self._current_counts = _tensors(model)

    @torch.no_grad()
    def update(self) -> None:
        """Move the averages towards the network's weights; call it after each step.

        The first steps keep less, so that the random initial weights are soon forgotten.
        """
        self.n_steps += 1
        kept = min(self._decay, self.n_steps / (9 + self.n_steps))
        torch._foreach_lerp_(self._averages, self._currents, 1 - kept)
        for count, current in zip(self._counts, self._current_counts, strict=True):
            count.copy_(current)

    def state(self) -> dict[str, Any]:
        """Return what the next step depends on: the averages, on the CPU, and the steps so far."""
        weights = self.model.state_dict().items()
        averages = {name: value.detach().to("cpu", copy=True) for name, value in weights}
        return {"averages": averages, "n_steps": self.n_steps}

    def go_on_from(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` returned."""
        self.model.load_state_dict(state["averages"])
        self.n_steps = state["n_steps"]


def _tensors(model: nn.Module) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Return a network's tensors in their order: those to average, and the whole numbers."""
    tensors = list(model.state_dict().values())
    return (
        [tensor for tensor in tensors if tensor.is_floating_point()],
        [tensor for tensor in tensors if not tensor.is_floating_point()],
    )
