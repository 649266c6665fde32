"""The optimizer of a run. Each parameter group names its peak rate under `peak`."""

import torch
from torch import nn

from core.configs import Optimizer, TrainConfig
from core.ml.devices import has_fast_bfloat16
from core.ml.muon import Muon

MOMENTUM = 0.9


def optimizer_for(
    model: nn.Module, config: TrainConfig, device: torch.device
) -> torch.optim.Optimizer:
    """Return the optimizer; weight decay leaves biases and batch norm alone."""
    optimizer = _optimizer(model, config, device)
    for group in optimizer.param_groups:
        group["peak"] = group["lr"]
    return optimizer


def _optimizer(
    model: nn.Module, config: TrainConfig, device: torch.device
) -> torch.optim.Optimizer:
    """Return the optimizer that the configuration names, every group at its peak rate."""
    parameters = list(model.parameters())
    if config.optimizer is Optimizer.MUON:
        is_fast = config.mixed_precision and has_fast_bfloat16(device)
        return Muon(
            parameters,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            dtype=torch.bfloat16 if is_fast else torch.float32,
        )
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if config.optimizer is Optimizer.ADAM:
        return torch.optim.Adam(groups, lr=config.learning_rate, fused=True)
    return torch.optim.SGD(
        groups, lr=config.learning_rate, momentum=MOMENTUM, nesterov=True, fused=True
    )
