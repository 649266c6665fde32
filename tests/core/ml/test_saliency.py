import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates
from torch import nn

from core.configs import preset
from core.images.faces import FaceSet
from core.ml.cam_layers import cam_layer, cell_offset
from core.ml.fast_net import standardised
from core.ml.models import build
from core.ml.saliency import maps, mean_maps
from db.enums import Mask, ModelName, SaliencyMethod

CONFIG = preset(ModelName.FAST)
SIDE = CONFIG.image_size
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


@pytest.mark.parametrize("method", SaliencyMethod)
def test_a_map_lies_in_the_quadrant_that_the_answer_depends_on(method, noise):
    found = maps(QuadrantNet(), faces_of(noise[:4], CLASSES), CONFIG, method)
    for k in CLASSES:
        assert quadrant_shares(found[k])[k] > 0.9


@pytest.mark.parametrize("method", SaliencyMethod)
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
    pixels = np.random.default_rng(0).integers(0, 256, (40, 48, 48), dtype=np.uint8)
    labels = np.arange(40) % 7
    for method in SaliencyMethod:
        together = maps(model, faces_of(pixels, labels), CONFIG, method)
        alone = maps(model, faces_of(pixels[37:38], labels[37:38]), CONFIG, method)
        np.testing.assert_allclose(together[37:38], alone, rtol=1e-3, atol=1e-6)


def test_mean_maps_weigh_every_image_the_same(noise):
    pixels = np.stack([noise[0], noise[0] // 4])  # the second map has a quarter of the mass
    labels = np.zeros(2, dtype=np.int64)
    means = mean_maps(
        QuadrantNet(), faces_of(pixels, labels), CONFIG, SaliencyMethod.GRAD_CAM, on_batch=print
    )
    each = maps(QuadrantNet(), faces_of(pixels, labels), CONFIG, SaliencyMethod.GRAD_CAM)
    expected = (each[0] / each[0].sum() + each[1] / each[1].sum()) / 2
    np.testing.assert_allclose(means.mean_maps[0], expected, rtol=1e-4, atol=1e-9)
    assert means.mean_maps[0].sum() == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(means.mean_faces[0], pixels.mean(axis=0), atol=1e-3)
    assert list(means.n) == [2, 0, 0, 0, 0, 0, 0]
    assert list(means.cells) == [12, 12]


def test_images_without_a_map_are_counted_apart():
    pixels = np.zeros((3, SIDE, SIDE), dtype=np.uint8)
    pixels[0] = 200  # the two black faces say nothing for any quadrant
    means = mean_maps(
        QuadrantNet(),
        faces_of(pixels, np.zeros(3, dtype=np.int64)),
        CONFIG,
        SaliencyMethod.GRAD_CAM,
        on_batch=print,
    )
    assert (means.n[0], means.n_empty[0]) == (1, 2)
    assert means.mean_maps[0].sum() == pytest.approx(1, abs=1e-4)
    assert means.mean_maps[1:].sum() == 0


def test_the_mean_face_shows_the_mask_that_the_network_saw(noise):
    config = preset(ModelName.FAST, mask=Mask.MOUTH)
    labels = np.zeros(7, dtype=np.int64)
    means = mean_maps(
        QuadrantNet(), faces_of(noise, labels), config, SaliencyMethod.GRADIENT, on_batch=print
    )
    assert np.ptp(means.mean_faces[0][SIDE // 2 :]) < 1e-3
    assert np.ptp(means.mean_faces[0][: SIDE // 2]) > 10


def test_progress_counts_every_face_once_and_can_end_the_work():
    pixels = np.random.default_rng(0).integers(0, 256, (70, SIDE, SIDE), dtype=np.uint8)
    faces = faces_of(pixels, np.arange(70) % 2)
    seen: list[int] = []
    mean_maps(QuadrantNet(), faces, CONFIG, SaliencyMethod.GRADIENT, on_batch=seen.append)
    assert seen == [32, 35, 67, 70]

    def stop(_n_done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mean_maps(QuadrantNet(), faces, CONFIG, SaliencyMethod.GRADIENT, on_batch=stop)


@pytest.mark.parametrize("method", SaliencyMethod)
def test_rows_that_a_mask_cuts_off_are_grey_in_the_face_and_nothing_in_the_map(method, noise):
    config = preset(ModelName.FAST, mask=Mask.CROP_EYES)
    faces = faces_of(noise, np.zeros(7, dtype=np.int64))
    means = mean_maps(build(config), faces, config, method, on_batch=print)
    cut, kept = slice(12, 24), np.r_[0:12, 24:48]
    np.testing.assert_allclose(means.mean_faces[0][cut], 128, atol=1e-3)
    np.testing.assert_allclose(means.mean_faces[0][kept], noise.mean(axis=0)[kept], atol=1e-3)
    found = maps(build(config), faces, config, method)
    assert found.shape == (7, SIDE, SIDE)
    assert found[:, cut].max() == 0
    assert found[:, kept].max() > 0
