import pytest
import torch
from torch import nn

from core.configs import preset
from core.ml.folding import folded
from core.ml.models import build
from db.enums import ModelName


def lived_in(name):
    """A network whose batch norms have seen something."""
    torch.manual_seed(0)
    model = build(preset(name, image_size=48)).eval()
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.running_mean.normal_(0, 0.1)
            norm.running_var.uniform_(0.5, 2)
            nn.init.uniform_(norm.weight, 0.5, 1.5)
    return model


@pytest.mark.parametrize("name", [name for name in ModelName if name is not ModelName.VGG16])
def test_every_network_answers_the_same_without_any_batch_norm_left(name):
    model = lived_in(name)
    without = folded(model)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in without.modules())
    faces = torch.rand(2, 1, 48, 48)
    with torch.no_grad():
        torch.testing.assert_close(without(faces), model(faces), rtol=1e-3, atol=1e-4)


def test_the_network_itself_is_left_as_it_was():
    model = lived_in(ModelName.FAST)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    folded(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_linear_layers_are_shared():
    model = lived_in(ModelName.FAST)
    assert folded(model).classifier.weight is model.classifier.weight
