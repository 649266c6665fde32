"""Guided backpropagation of every network, beside captum's on a twin whose ReLUs are modules."""

import pytest
import torch
from captum.attr import GuidedBackprop, GuidedGradCam
from torch import nn
from torch.fx import symbolic_trace
from torchvision.models import resnet

from core.configs import preset
from core.ml import fast_net
from core.ml.models import build
from core.ml.saliency.cells import grad_cam
from core.ml.saliency.guided import guided_grad_cam, guided_gradients
from db.enums import ModelName

TARGETS = torch.tensor([2, 5])
HOOKS = "ignore:Setting backward hooks on ReLU activations"


@pytest.fixture
def faces():
    return torch.rand(2, 1, 48, 48, generator=torch.Generator().manual_seed(1))


class SeparateRelu(nn.Module):
    """The block of `fast` with modules in place of functions."""

    def __init__(self, block):
        super().__init__()
        self.first, self.second, self.shortcut = block.first, block.second, block.shortcut
        self.inner, self.outer = nn.ReLU(), nn.ReLU()

    def forward(self, maps):
        return self.outer(self.second(self.inner(self.first(maps))) + self.shortcut(maps))


def twin(model):
    """The same network with a ReLU module of its own for each use, none in place."""
    for name, module in model.named_children():
        if isinstance(module, fast_net._Residual):
            setattr(model, name, SeparateRelu(module))
        elif isinstance(module, resnet.BasicBlock | resnet.Bottleneck):
            setattr(model, name, unshared(module))
        elif isinstance(module, nn.ReLU):
            setattr(model, name, nn.ReLU())
        else:
            twin(module)
    return model


def unshared(block):
    """A ResNet block, which uses one ReLU three times, as a graph with three."""
    graph = symbolic_trace(block)
    for number, node in enumerate(list(graph.graph.nodes)):
        if node.op == "call_module" and isinstance(graph.get_submodule(node.target), nn.ReLU):
            graph.add_submodule(f"own{number}", nn.ReLU())
            node.target = f"own{number}"
    graph.recompile()
    return graph


@pytest.mark.filterwarnings(HOOKS)
@pytest.mark.parametrize("name", list(ModelName))
def test_every_network_has_captums_guided_gradients(name, faces):
    config = preset(name, image_size=48)
    torch.manual_seed(0)
    model = build(config).eval()
    found = guided_gradients(model, faces, TARGETS)
    explain = GuidedBackprop(twin(model))
    for i in range(2):
        face = faces[i : i + 1].clone().requires_grad_()
        expected = explain.attribute(face, int(TARGETS[i])).detach()
        assert expected.any()
        torch.testing.assert_close(
            found[i : i + 1], expected, rtol=1e-2, atol=1e-4 * float(expected.abs().max())
        )


@pytest.mark.filterwarnings(HOOKS)
def test_guided_grad_cam_is_captums_where_cells_look_straight_on(faces):
    """Convolutions of stride 4 that read whole squares: nothing is moved."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 8, 4, stride=4), nn.ReLU()),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 7),
    ).eval()
    explain = GuidedGradCam(model, model[0])
    found = guided_grad_cam(model, preset(ModelName.FAST))(faces, TARGETS).detach()
    scale = float(found.abs().max())
    assert scale > 0
    for i in range(2):
        face = faces[i : i + 1].clone().requires_grad_()
        expected = explain.attribute(face, int(TARGETS[i]), interpolate_mode="bilinear")
        # The offset is measured on noise: cells are enlarged to within a hundredth of a pixel.
        torch.testing.assert_close(found[i], expected[0, 0].detach(), rtol=0.02, atol=0.05 * scale)


def test_it_is_guided_backpropagation_times_grad_cam(faces):
    config = preset(ModelName.FAST, mixed_precision=False)
    torch.manual_seed(0)
    model = build(config).eval()
    product = (
        grad_cam(model, config)(faces, TARGETS) * guided_gradients(model, faces, TARGETS)[:, 0]
    )
    torch.testing.assert_close(guided_grad_cam(model, config)(faces, TARGETS), product)


def test_afterwards_gradients_are_plain_again(faces):
    model = nn.Sequential(nn.Flatten(), nn.Linear(2304, 32), nn.ReLU(), nn.Linear(32, 7))
    guided_gradients(model, faces, TARGETS)
    inputs = faces.clone().requires_grad_()
    (plain,) = torch.autograd.grad(model(inputs)[:, 2].sum(), inputs)
    passed = (model[1](faces.flatten(1)) > 0).float() * model[3].weight[2]
    torch.testing.assert_close(plain.flatten(1), passed @ model[1].weight)
