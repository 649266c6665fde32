import cv2
import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates
from torch import nn

from core.configs import preset
from core.images.faces import FaceSet
from core.maps.canonical import soften
from core.ml.cam_layers import cam_layer, cell_offset
from core.ml.fast_net import standardised
from core.ml.models import build
from core.ml.saliency import maps
from db.enums import Mask, ModelName, SaliencyMethod

CONFIG = preset(ModelName.FAST, mixed_precision=False)
SIDE = CONFIG.image_size
METHODS = [method for method in SaliencyMethod if method is not SaliencyMethod.TILES]
"""The tile task needs a network that is sure of something; see `test_tiles.py`."""
CLASSES = np.arange(4)


class Quadrants(nn.Module):
    """Copies the picture into seven channels; channel k keeps only quadrant k, the rest nothing."""

    def forward(self, faces):
        half = faces.shape[2] // 2
        channels = faces.repeat(1, 7, 1, 1) * 0
        for k in range(4):
            row, column = half * (k // 2), half * (k % 2)
            corner = (slice(None), k, slice(row, row + half), slice(column, column + half))
            channels[corner] = faces[:, 0, row : row + half, column : column + half]
        return channels


class QuadrantNet(nn.Module):
    """A network whose answer for class k is the brightness of quadrant k and nothing else."""

    def __init__(self, kernel=4):
        super().__init__()
        self.shrink = nn.Conv2d(1, 1, kernel, stride=4)  # 1 reads the upper left pixel of each 4x4
        nn.init.constant_(self.shrink.weight, 1 / kernel**2)
        nn.init.zeros_(self.shrink.bias)
        self.features = nn.Sequential(Quadrants(), nn.ReLU(inplace=True))

    def forward(self, faces):
        return self.features(self.shrink(faces)).mean(dim=(2, 3))


class Linear(nn.Module):
    """A network without any map: logits are weighted sums of pixels."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(SIDE * SIDE, 7)

    def forward(self, faces):
        return self.last(faces.flatten(1))


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(20, 236, (7, SIDE, SIDE), dtype=np.uint8)


def faces_of(pixels, labels):
    """A set of these faces, uint8 pixels with labels, all else made up."""
    numbers = np.arange(len(labels))
    return FaceSet(
        image_ids=numbers,
        pixels=pixels,
        labels=np.asarray(labels),
        splits=np.full(len(labels), "test"),
        groups=numbers,
    )


def quadrant_shares(found):
    """The share of a map's mass in each quadrant, upper left first, reading order."""
    half = len(found) // 2
    return found.reshape(2, half, 2, half).sum(axis=(1, 3)).ravel() / found.sum()


@pytest.mark.parametrize("method", METHODS)
def test_a_map_lies_in_the_quadrant_that_the_answer_depends_on(method, noise):
    found = maps(QuadrantNet(), faces_of(noise[:4], CLASSES), CONFIG, method)
    for k in CLASSES:
        assert quadrant_shares(found[k])[k] > 0.85  # windows of occlusion reach over


@pytest.mark.parametrize("method", METHODS)
def test_maps_are_float32_not_negative_and_as_large_as_the_network_sees(method, noise):
    found = maps(QuadrantNet(), faces_of(noise[:4, :24, :24], CLASSES), CONFIG, method)
    assert found.shape == (4, SIDE, SIDE)
    assert found.dtype == np.float32
    assert found.min() >= 0


def test_the_gradient_of_a_linear_network_is_its_absolute_weights(noise):
    model = Linear()
    found = maps(model, faces_of(noise[:3], np.array([0, 3, 6])), CONFIG, SaliencyMethod.GRADIENT)
    weights = model.last.weight.detach().abs().numpy().reshape(7, SIDE, SIDE)
    np.testing.assert_allclose(found, weights[[0, 3, 6]], rtol=1e-5)


def test_grad_cam_of_the_fast_network_is_its_class_activation_map(noise):
    """With a mean and one linear layer on top, Grad-CAM is CAM: features times weights."""
    torch.manual_seed(0)
    model = build(CONFIG).eval()
    found = maps(model, faces_of(noise, np.arange(7)), CONFIG, SaliencyMethod.GRAD_CAM)
    with torch.no_grad():
        activations = model.features(standardised(torch.from_numpy(noise)[:, None] / 255))
        weights = model.classifier.weight[:, :, None, None]
        cells = ((activations * weights).sum(dim=1) / 36).relu().numpy()  # the mean of 6x6 cells
    offset = cell_offset(model, CONFIG, cam_layer(model, CONFIG))
    down, right = ((np.arange(SIDE) + 0.5 - moved) / 8 - 0.5 for moved in offset)
    places = np.meshgrid(down, right, indexing="ij")
    expected = [map_coordinates(cell, places, order=1, mode="nearest") for cell in cells]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("kernel", [1, 4])
def test_a_bright_spot_is_found_where_it_is_whichever_pixels_the_cells_read(kernel):
    pixels = np.zeros((1, SIDE, SIDE), dtype=np.uint8)
    pixels[0, 11:19, 31:39] = 255  # centred at (14.5, 34.5), in the upper right quadrant
    model = QuadrantNet(kernel)
    found = maps(model, faces_of(pixels, np.array([1])), CONFIG, SaliencyMethod.GRAD_CAM)[0]
    rows, columns = found.sum(axis=1), found.sum(axis=0)
    centre = rows @ np.arange(SIDE) / rows.sum(), columns @ np.arange(SIDE) / columns.sum()
    assert centre == pytest.approx((14.5, 34.5), abs=0.6)  # unmoved, kernel 1 is 1.5 px off


def test_layers_that_work_in_place_do_not_change_grad_cam(noise):
    in_place, copying = QuadrantNet(), QuadrantNet()
    copying.features[1] = nn.ReLU(inplace=False)
    method = SaliencyMethod.GRAD_CAM
    first = maps(in_place, faces_of(noise[:4], CLASSES), CONFIG, method)
    np.testing.assert_array_equal(
        first, maps(copying, faces_of(noise[:4], CLASSES), CONFIG, method)
    )


def test_a_map_does_not_depend_on_the_other_faces_of_its_batch():
    torch.manual_seed(0)
    model = build(CONFIG)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    labels = np.arange(3)
    for method in METHODS:
        together = maps(model, faces_of(pixels, labels), CONFIG, method)
        alone = maps(model, faces_of(pixels[1:2], labels[1:2]), CONFIG, method)
        np.testing.assert_allclose(together[1:2], alone, rtol=1e-3, atol=1e-6)


def test_another_emotion_than_the_label_can_be_explained(noise):
    faces = faces_of(noise[:4], CLASSES)
    asked = maps(
        QuadrantNet(), faces, CONFIG, SaliencyMethod.GRADIENT, targets=np.array([3, 2, 1, 0])
    )
    for k in CLASSES:
        assert quadrant_shares(asked[k])[3 - k] > 0.9


def test_half_precision_shows_the_same_places(monkeypatch):
    monkeypatch.setattr("core.ml.devices.has_fast_bfloat16", lambda _device: True)
    model = with_lived_in_norms(build(CONFIG))
    pixels = cv2.GaussianBlur(
        np.random.default_rng(0).integers(0, 256, (48, 48, 6), dtype=np.uint8), (0, 0), 2
    ).transpose(2, 0, 1)
    faces = faces_of(np.ascontiguousarray(pixels), np.arange(6))
    for method in (SaliencyMethod.SMOOTH_GRAD, SaliencyMethod.INTEGRATED_GRADIENTS):
        exact = maps(model, faces, CONFIG, method)
        fast = maps(model, faces, preset(ModelName.FAST), method)
        for one, other in zip(exact, fast, strict=True):
            assert np.corrcoef(soften(one).ravel(), soften(other).ravel())[0, 1] > 0.95


def with_lived_in_norms(model):
    """The network with batch norms that have seen something, so that folding them matters."""
    torch.manual_seed(0)
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.running_mean.normal_(0, 0.1)
            norm.running_var.uniform_(0.5, 2)
    return model.eval()


def test_progress_counts_every_face_once_and_can_end_the_work():
    pixels = np.random.default_rng(0).integers(0, 256, (200, SIDE, SIDE), dtype=np.uint8)
    faces = faces_of(pixels, np.arange(200) % 2)
    seen: list[int] = []
    maps(QuadrantNet(), faces, CONFIG, SaliencyMethod.GRADIENT, on_batch=seen.append)
    assert seen == sorted(set(seen))
    assert len(seen) > 1
    assert seen[-1] == 200

    def stop(_n_done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        maps(QuadrantNet(), faces, CONFIG, SaliencyMethod.GRADIENT, on_batch=stop)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mask", [Mask.CROP_EYES, Mask.EYES])
def test_there_is_nothing_where_a_mask_covers_the_face_or_cuts_it_off(mask, method, noise):
    config = preset(ModelName.FAST, mask=mask)
    torch.manual_seed(0)
    found = maps(build(config), faces_of(noise, np.zeros(7, dtype=np.int64)), config, method)
    hidden, seen = slice(12, 24), np.r_[0:12, 24:48]
    assert found.shape == (7, SIDE, SIDE)
    assert found[:, hidden].max() == 0
    assert found[:, seen].max() > 0
