"""Guided backpropagation and guided Grad-CAM, right for every network here.

captum's hooks want every activation to be a `nn.ReLU` module. Ours use functions too, and modules
that serve twice or work in place, so the rule is put in where all of these end: in each call of the
function itself.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)
from torch.overrides import TorchFunctionMode

from core.configs import TrainConfig
from core.ml.saliency.attribution import Attribute, gradients
from core.ml.saliency.cells import grad_cam

_RELUS = (F.relu, torch.relu, torch.relu_, torch.Tensor.relu, torch.Tensor.relu_)


def guided_grad_cam(model: nn.Module, config: TrainConfig) -> Attribute:
    """Return guided backpropagation times Grad-CAM (Selvaraju et al. 2017), signed.

    Raises:
        ConfigError: If no layer has enough cells.
    """
    cells = grad_cam(model, config)

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return cells(faces, targets) * guided_gradients(model, faces, targets)[:, 0]

    return attribute


def guided_gradients(model: nn.Module, faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return guided backpropagation (Springenberg et al. 2014, 1412.6806): as `faces`, signed.

    Only what is positive passes back through a ReLU. Other activations are left alone; the
    networks here have none.
    """
    with _GuidedRelus():
        return gradients(model, faces, targets)


class _GuidedRelu(torch.autograd.Function):
    """A ReLU that lets only positive derivatives back."""

    @staticmethod
    def forward(context: Any, values: torch.Tensor) -> torch.Tensor:
        """Return the values, 0 where they are negative."""
        passed = values.clamp(min=0)
        context.save_for_backward(passed)
        return passed

    @staticmethod
    def backward(context: Any, *derivatives: torch.Tensor) -> torch.Tensor:
        """Return the derivatives where they and the values are positive, else 0."""
        (passed,) = context.saved_tensors
        guided: torch.Tensor = derivatives[0].clamp(min=0) * (passed > 0)
        return guided


class _GuidedRelus(TorchFunctionMode):
    """While active, every ReLU is a guided one, however it is called."""

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the function does, or a guided ReLU's output in its place."""
        if function in _RELUS:
            return _GuidedRelu.apply(args[0])
        return function(*args, **(kwargs or {}))
