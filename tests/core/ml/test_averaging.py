"""The running average of weights."""

import pytest
import torch
from torch import nn

from core.ml.averaging import AveragedWeights


def test_a_first_step_is_forgotten_by_nine_tenths():
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    averaged = AveragedWeights(model, 0.999)
    nn.init.ones_(model.weight)
    averaged.update()
    assert averaged.model.weight.item() == pytest.approx(0.9)


def test_later_steps_keep_the_decay():
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    averaged = AveragedWeights(model, 0.5)
    for _ in range(20):
        averaged.update()
    nn.init.ones_(model.weight)
    averaged.update()
    assert averaged.model.weight.item() == pytest.approx(0.5)


def test_batch_statistics_are_averaged_and_batches_counted():
    model = nn.BatchNorm1d(1)
    averaged = AveragedWeights(model, 0.9)
    model(torch.tensor([[9.0], [11.0]]))  # the running mean becomes 0.1 * 10
    averaged.update()
    assert averaged.model.running_mean.item() == pytest.approx(0.9)
    assert averaged.model.num_batches_tracked.item() == 1


def test_the_networks_own_weights_stay_as_they_are():
    model = nn.Linear(2, 2)
    before = model.weight.clone()
    AveragedWeights(model, 0.9).update()
    assert torch.equal(model.weight, before)
    assert model.weight.requires_grad


def test_going_on_from_its_state_equals_never_having_stopped():
    model = nn.Linear(3, 3)
    whole = AveragedWeights(model, 0.7)
    whole.update()
    stopped = AveragedWeights(model, 0.7)
    stopped.go_on_from(whole.state())
    nn.init.ones_(model.weight)
    for averaged in (whole, stopped):
        averaged.update()
    assert torch.equal(whole.model.weight, stopped.model.weight)
    assert whole.n_steps == stopped.n_steps == 2
