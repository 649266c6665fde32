"""Muon: momentum whose every matrix is made orthogonal, so that all directions learn alike."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

# Jordan et al. 2024 (Muon): three steps bring singular values from 0.1..1 near 1.
QUINTIC = (3.4445, -4.7750, 2.0315)
N_STEPS = 3
MUON_MOMENTUM = 0.6
SGD_MOMENTUM = 0.9
SGD_RATE = 0.05  # peak for what is no convolution: batch norm, first and last layer


class Muon(torch.optim.Optimizer):
    """Muon for convolutions that read several channels, Nesterov SGD for all other weights.

    Convolutions are kept at the length of an orthogonal matrix (batch norm follows each, so their
    length has no effect but on the step); `learning_rate` is then the angle of a step, in radians.
    torch's own Muon takes matrices only.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        *,
        learning_rate: float,
        weight_decay: float,
        dtype: torch.dtype,
    ) -> None:
        """Take parameters; `weight_decay` is for SGD's matrices, `dtype` for orthogonalizing."""
        self.dtype = dtype
        kinds: dict[str, list[nn.Parameter]] = {"muon": [], "decayed": [], "plain": []}
        for parameter in parameters:
            kinds[_kind(parameter)].append(parameter)
        settings = {
            "muon": {"lr": learning_rate, "momentum": MUON_MOMENTUM, "weight_decay": 0.0},
            "decayed": {"lr": SGD_RATE, "momentum": SGD_MOMENTUM, "weight_decay": weight_decay},
            "plain": {"lr": SGD_RATE, "momentum": SGD_MOMENTUM, "weight_decay": 0.0},
        }
        groups = [
            {"params": members, "kind": kind, **settings[kind]} for kind, members in kinds.items()
        ]
        super().__init__(groups, {})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # no closure needed
        """Move every weight once along its gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                direction = self._direction(parameter, group)
                if group["kind"] == "muon":
                    parameter.mul_(len(parameter) ** 0.5 / parameter.norm())
                    matrix = orthogonal(direction.flatten(1), self.dtype)
                    direction = matrix.view(parameter.shape)
                parameter.sub_(direction, alpha=group["lr"])

    def _direction(self, parameter: nn.Parameter, group: dict[str, Any]) -> torch.Tensor:
        """Return the gradient, decayed and carried on by Nesterov momentum."""
        if parameter.grad is None:
            return torch.zeros_like(parameter)
        gradient = parameter.grad.add(parameter, alpha=group["weight_decay"])
        state = self.state[parameter]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(parameter)
        momentum: torch.Tensor = state["momentum"]
        momentum.mul_(group["momentum"]).add_(gradient)
        return gradient.add(momentum, alpha=group["momentum"])


def orthogonal(matrix: torch.Tensor, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Return a matrix with the same singular vectors and singular values near 1, float32.

    Newton-Schulz iteration, without a decomposition. Every step multiplies the matrix from the
    left by a polynomial of its square, so that the steps are taken on the small square, and the
    large matrix is multiplied once.

    Args:
        matrix: float32, shape (m, n).
        dtype: What to multiply the large matrix in; bfloat16 is exact enough.
    """
    is_tall = matrix.shape[0] > matrix.shape[1]
    wide: torch.Tensor = matrix.T if is_tall else matrix
    wide = (wide / (wide.norm() + 1e-7)).to(dtype)
    square = (wide @ wide.T).float()
    a, b, c = QUINTIC
    product = torch.eye(len(square), device=square.device)
    for _ in range(N_STEPS):
        step = torch.addmm(square, square, square, beta=b, alpha=c)
        step.diagonal().add_(a)
        product = step @ product
        square = step @ square @ step
    result: torch.Tensor = product.to(dtype) @ wide
    upright: torch.Tensor = result.T if is_tall else result
    return upright.float()


def _kind(parameter: nn.Parameter) -> str:
    """Return which rule moves a weight."""
    if parameter.ndim == 4 and parameter.shape[1] > 1:
        return "muon"
    return "decayed" if parameter.ndim > 1 else "plain"
