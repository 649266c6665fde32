import numpy as np
import pytest
import torch
from torch import nn

from core.configs import preset
from core.errors import ConfigError
from core.ml.cam_layers import CamLayer, cam_layer, cell_offset
from core.ml.models import build
from core.ml.saliency import map_cells
from db.enums import ModelName, SaliencyMethod

CONFIG = preset(ModelName.FAST)


@pytest.mark.parametrize(
    ("model", "image_size", "name", "cells"),
    [
        (ModelName.FAST, 48, "features", (6, 6)),
        (ModelName.FAST, 32, "features.5", (8, 8)),
        (ModelName.VGG16, 48, "features.22", (6, 6)),
        (ModelName.VGG16, 128, "features.29", (8, 8)),
        (ModelName.RESNET50, 48, "layer2", (6, 6)),
        (ModelName.RESNET50, 128, "layer3", (8, 8)),
    ],
)
def test_grad_cam_reads_the_deepest_stage_with_six_by_six_cells(model, image_size, name, cells):
    config = preset(model, image_size=image_size)
    with torch.device("meta"):  # shapes alone: VGG-16 has 134 million weights
        layer = cam_layer(build(config), config)
    assert (layer.name, layer.cells) == (name, cells)


@pytest.mark.parametrize("method", list(SaliencyMethod))
@pytest.mark.parametrize("model", [ModelName.STRONG, ModelName.VGG16_BN, ModelName.RESNET50_REG])
def test_every_other_network_has_maps_of_both_kinds_at_48_pixels(model, method):
    config = preset(model, image_size=48)
    with torch.device("meta"):
        assert min(map_cells(build(config), config, method)) >= 6


def test_a_network_without_maps_is_refused_for_grad_cam_but_has_a_gradient():
    model = nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 7))
    with pytest.raises(ConfigError, match="use the gradient method"):
        cam_layer(model, CONFIG)
    assert map_cells(model, CONFIG, SaliencyMethod.GRADIENT) == (48, 48)


def test_looking_for_the_layer_leaves_no_trace_in_the_network():
    model = build(CONFIG).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    cam_layer(model, CONFIG)
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize(
    ("kernel", "padding", "offset_px"),
    [
        (4, 0, 0.0),  # reads the whole square
        (1, 0, -1.5),  # reads its upper left pixel: 0.5 in place of 2
        (2, 0, -1.0),  # reads its upper left quarter: 1 in place of 2
        (6, 1, 0.0),  # reads one pixel further on every side
    ],
)
def test_the_offset_is_where_the_kernel_reads(kernel, padding, offset_px):
    model = nn.Sequential(nn.Conv2d(1, 1, kernel, stride=4, padding=padding))
    layer = CamLayer("0", (12, 12))
    nn.init.ones_(model[0].weight)
    assert cell_offset(model, CONFIG, layer) == pytest.approx((offset_px, offset_px), abs=1e-4)


def test_an_offset_can_differ_between_rows_and_columns():
    model = nn.Sequential(nn.Conv2d(1, 1, (1, 4), stride=4))
    nn.init.ones_(model[0].weight)
    found = cell_offset(model, CONFIG, CamLayer("0", (12, 12)))
    assert found == pytest.approx((-1.5, 0), abs=1e-4)


def test_an_odd_number_of_cells_has_one_in_the_middle():
    model = nn.Sequential(nn.Conv2d(1, 1, 16, stride=16))
    nn.init.ones_(model[0].weight)
    assert cell_offset(model, CONFIG, CamLayer("0", (3, 3))) == pytest.approx((0, 0), abs=1e-4)


def test_a_layer_that_sees_nothing_has_no_offset():
    model = nn.Sequential(nn.Conv2d(1, 1, 4, stride=4))
    nn.init.zeros_(model[0].weight)
    assert cell_offset(model, CONFIG, CamLayer("0", (12, 12))) == (0, 0)


def test_strided_convolutions_look_up_and_left_and_the_measure_repeats():
    config = preset(ModelName.RESNET50, image_size=48)
    torch.manual_seed(0)
    model = build(config)
    layer = cam_layer(model, config)
    found = np.array(cell_offset(model, config, layer))
    assert (found > -3.5).all()  # 8 px cells read at most from their upper left pixel: 0.5 - 4
    assert (found < -1).all()
    np.testing.assert_array_equal(found, cell_offset(model, config, layer))


def test_pooling_lets_the_fast_network_look_straight_on():
    torch.manual_seed(0)
    model = build(CONFIG)
    found = np.array(cell_offset(model, CONFIG, cam_layer(model, CONFIG)))
    assert (np.abs(found) < 1).all()  # the first layer alone is strided: half a pixel
