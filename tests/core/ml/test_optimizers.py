"""Optimizers: who is decayed, and what Muon does to a matrix."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from core.configs import Optimizer
from core.ml.models import build
from core.ml.muon import SGD_RATE, Muon, orthogonal
from core.ml.optimizers import optimizer_for


@pytest.mark.parametrize("shape", [(8, 40), (40, 8), (16, 16)])
def test_an_orthogonal_matrix_has_singular_values_near_one(shape):
    torch.manual_seed(0)
    left, _, right = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    spread = left @ torch.diag(torch.linspace(0.2, 1.0, min(shape))) @ right
    values = torch.linalg.svdvals(orthogonal(spread))
    assert values.min() > 0.5
    assert values.max() < 1.3


def test_making_a_matrix_orthogonal_keeps_its_directions():
    torch.manual_seed(0)
    matrix = torch.randn(6, 20)
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    turned = left.T @ orthogonal(matrix) @ right.T
    assert torch.allclose(turned, torch.diag(turned.diag()), atol=1e-4)


@pytest.mark.parametrize("kind", list(Optimizer))
def test_every_weight_is_in_one_group_with_its_peak_rate(tiny, kind):
    model = build(tiny)
    config = replace(tiny, optimizer=kind, learning_rate=0.02, weight_decay=0.5)
    groups = optimizer_for(model, config, torch.device("cpu")).param_groups
    grouped = [parameter for group in groups for parameter in group["params"]]
    assert {id(p) for p in grouped} == {id(p) for p in model.parameters()}
    assert len(grouped) == len(list(model.parameters()))
    assert {group["peak"] for group in groups} <= {0.02, SGD_RATE}


@pytest.mark.parametrize("kind", list(Optimizer))
def test_biases_and_batch_norm_are_not_decayed(tiny, kind):
    config = replace(tiny, optimizer=kind, weight_decay=0.5)
    for group in optimizer_for(build(tiny), config, torch.device("cpu")).param_groups:
        if any(parameter.ndim <= 1 for parameter in group["params"]):
            assert group["weight_decay"] == 0.0


def test_for_all_but_convolutions_muon_is_torchs_nesterov_descent():
    ours, theirs = (nn.Linear(4, 3) for _ in range(2))
    theirs.load_state_dict(ours.state_dict())
    muon = Muon(ours.parameters(), learning_rate=1.0, weight_decay=0.01, dtype=torch.float32)
    groups = [
        {"params": [theirs.weight], "weight_decay": 0.01},
        {"params": [theirs.bias], "weight_decay": 0.0},
    ]
    descent = torch.optim.SGD(groups, lr=SGD_RATE, momentum=0.9, nesterov=True)
    faces = torch.randn(5, 4)
    for model, optimizer in ((ours, muon), (theirs, descent)):
        for _ in range(4):
            optimizer.zero_grad()
            torch.autograd.backward(model(faces).square().mean())
            optimizer.step()
    assert torch.allclose(ours.weight, theirs.weight, atol=1e-6)
    assert torch.allclose(ours.bias, theirs.bias, atol=1e-6)


def test_a_muon_step_turns_a_convolution_by_its_rate():
    torch.manual_seed(0)
    layer = nn.Conv2d(8, 16, 3, bias=False)
    muon = Muon(layer.parameters(), learning_rate=0.1, weight_decay=0.0, dtype=torch.float32)
    torch.autograd.backward(layer(torch.randn(4, 8, 5, 5)).square().mean())
    before = layer.weight.detach() * 16**0.5 / layer.weight.detach().norm()
    muon.step()
    moved = (layer.weight - before).norm() / before.norm()
    assert 0.07 < moved < 0.13
