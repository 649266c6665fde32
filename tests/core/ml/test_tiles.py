"""The tile task on networks whose answer is known."""

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from torch import nn

from core.configs import preset
from core.images.faces import FaceSet
from core.images.landmarks import template
from core.maps.tile_grid import tile_of
from core.ml.saliency import map_cells, maps
from core.ml.tiles import N_TILES, opening_steps, tile_maps, tile_trials, tiles_on
from db.enums import Mask, ModelName, SaliencyMethod

CONFIG = preset(ModelName.FAST, mixed_precision=False)
SIDE = CONFIG.image_size
GREY = 128 / 255


class Counts(list):
    """A list that a copy of the network shares."""

    def __deepcopy__(self, memo):
        return self


class OneTile(nn.Module):
    """A network that says `emotion` as soon as it sees something within some pixels."""

    def __init__(self, pixels, emotion=3):
        super().__init__()
        self.register_buffer("pixels", torch.from_numpy(pixels).float())
        self.gain = nn.Parameter(torch.tensor(100.0))
        self.emotion = emotion
        self.n_seen = Counts()

    def forward(self, faces):
        self.n_seen.append(len(faces))
        seen = ((faces[:, 0] - GREY).abs() * self.pixels).sum(dim=(1, 2)) / self.pixels.sum()
        logits = torch.zeros(len(faces), 7)
        logits[:, self.emotion] = self.gain * seen - 5
        return logits


def faces_of(n, label=3, landmarks=None, side=SIDE, first_id=0):
    rng = np.random.default_rng(0)
    numbers = np.arange(first_id, first_id + n)
    return FaceSet(
        image_ids=numbers,
        pixels=rng.choice(np.array([0, 255], np.uint8), (n, side, side)),
        labels=np.full(n, label),
        splits=np.full(n, "test"),
        groups=numbers,
        landmarks=landmarks,
    )


def in_tile(row, column):
    return tile_of(SIDE) == row * 6 + column


def test_a_network_that_looks_at_one_tile_has_that_tile_as_its_map():
    found = tile_trials(OneTile(in_tile(5, 2)), faces_of(200), CONFIG, n_trials=8)
    mean = found.mean(np.ones(200, dtype=bool))
    assert np.unravel_index(mean.argmax(), mean.shape) == (5, 2)
    # It is open in every counted trial, at the 1st to 16th place, all as likely.
    assert mean[5, 2] == pytest.approx(np.mean([1 - n / 16 for n in range(1, 17)]), abs=0.03)
    others = np.delete(mean.ravel(), 5 * 6 + 2)
    assert others.max() < mean[5, 2] / 3
    assert found.n_counted.sum() / 1600 == pytest.approx(16 / 48, abs=0.04)


def test_a_trial_ends_with_the_tile_that_the_answer_needs():
    faces = faces_of(50)
    found = tile_trials(OneTile(in_tile(2, 4)), faces, CONFIG, n_trials=3)
    ended = opening_steps(faces.image_ids, 3, seed=0)[:, :, 2 * 6 + 4]
    assert found.n_counted.tolist() == (ended <= 16).sum(axis=1).tolist()
    for weights, steps in zip(found.weights, ended, strict=True):
        counted = steps[steps <= 16]
        if len(counted):
            assert weights[2, 4] == pytest.approx(np.mean(1 - counted / 16), abs=1e-6)


def test_a_network_that_is_never_right_has_an_empty_map():
    found = tile_trials(OneTile(in_tile(5, 2), emotion=1), faces_of(20), CONFIG)
    assert (found.weights.max(), found.n_counted.max()) == (0, 0)
    assert tile_maps(OneTile(in_tile(5, 2), emotion=1), faces_of(2), CONFIG).max() == 0


def test_a_network_that_is_right_but_not_sure_has_an_empty_map():
    model = OneTile(in_tile(5, 2))
    model.gain.data.fill_(0)
    with torch.no_grad():
        model.forward = lambda faces: torch.tensor([0, 0, 0, 1.5, 0, 0, 0]).expand(len(faces), 7)
    found = tile_trials(model, faces_of(5), CONFIG)  # the largest of seven, 0.43
    assert found.n_counted.max() == 0


def test_what_a_network_is_sure_of_before_any_tile_is_open_does_not_count():
    model = OneTile(in_tile(5, 2))
    model.gain.data.fill_(0)
    model.forward = lambda faces: torch.eye(7)[3].expand(len(faces), 7) * 9  # happy, whatever
    found = tile_trials(model, faces_of(5), CONFIG)
    assert (found.n_counted.max(), found.weights.max()) == (0, 0)


def test_only_unfinished_trials_go_on():
    model = OneTile(np.ones((SIDE, SIDE), dtype=bool))
    model.gain.data.fill_(1000)  # any tile will do
    faces = faces_of(10)
    found = tile_trials(model, faces, CONFIG, n_trials=2)
    assert model.n_seen[:2] == [20, 20]  # without a tile, and with one
    assert sum(model.n_seen) < 50  # some tiles hold no pixel of the picture
    assert found.n_counted.tolist() == [2] * 10


def test_tiles_open_in_every_order_as_often():
    steps = opening_steps(np.arange(500), 4, seed=0)
    np.testing.assert_array_equal(
        np.sort(steps, axis=2), np.broadcast_to(np.arange(1, N_TILES + 1), steps.shape)
    )
    first = np.bincount(np.argmin(steps, axis=2).ravel(), minlength=N_TILES)
    assert chisquare(first).pvalue > 0.01
    assert chisquare(np.bincount(steps[:, :, 7].ravel(), minlength=N_TILES + 1)[1:]).pvalue > 0.01


def test_the_same_seed_gives_the_same_trials_and_another_others():
    model, faces = OneTile(in_tile(4, 4)), faces_of(30)
    first = tile_trials(model, faces, CONFIG, seed=1).weights
    np.testing.assert_array_equal(first, tile_trials(model, faces, CONFIG, seed=1).weights)
    assert not np.array_equal(first, tile_trials(model, faces, CONFIG, seed=2).weights)


def test_a_face_does_not_depend_on_those_beside_it():
    model, faces = OneTile(in_tile(4, 4)), faces_of(70)
    together = tile_trials(model, faces, CONFIG).weights
    alone = tile_trials(model, faces.at(np.array([66])), CONFIG).weights
    np.testing.assert_array_equal(together[66:67], alone)


def test_the_tiles_lie_on_each_face_by_its_eyes_and_mouth():
    moved = template() * [0.5, 0.6] + [0.3, 0.1]  # a small face
    faces = faces_of(2, landmarks=np.stack([template(), moved]).astype(np.float32))
    tiles = tiles_on(faces, 480)
    np.testing.assert_array_equal(tiles[0], tile_of(480))
    for points, tile in ((template(), tiles[0]), (moved, tiles[1])):
        eye, mouth = points[36:42].mean(axis=0) * 480, points[48:60].mean(axis=0) * 480
        assert tile[round(eye[1]), round(eye[0])] == 2 * 6 + 1
        assert tile[round(mouth[1]) - 2, round(mouth[0]) - 2] == 5 * 6 + 2
        assert tile[round(mouth[1]) + 2, round(mouth[0]) + 2] == 6 * 6 + 3


def test_faces_without_landmarks_have_the_mean_faces_tiles():
    np.testing.assert_array_equal(tiles_on(faces_of(2), SIDE)[1], tile_of(SIDE))


def test_a_drawn_map_has_each_tiles_weight_at_its_pixels():
    model, faces = OneTile(in_tile(5, 2)), faces_of(6)
    weights = tile_trials(model, faces, CONFIG, n_trials=16).weights
    maps = tile_maps(model, faces, CONFIG)
    assert (maps.shape, maps.dtype) == ((6, SIDE, SIDE), np.float32)
    assert np.ptp(maps[0][in_tile(5, 2)]) == 0
    assert maps[0][in_tile(5, 2)][0] == weights[0, 5, 2]
    assert maps[:, tile_of(SIDE) == -1].max() == 0


@pytest.mark.parametrize("mask", [Mask.CROP_EYES, Mask.MOUTH])
def test_what_the_run_covers_or_cuts_off_never_opens(mask):
    config = preset(ModelName.FAST, mask=mask, mixed_precision=False)
    rows = SIDE * 3 // 4 if mask is Mask.CROP_EYES else SIDE
    pixels = np.zeros((rows, SIDE), dtype=bool)
    if mask is Mask.MOUTH:
        pixels[SIDE // 2 :] = True
        found = tile_trials(OneTile(pixels), faces_of(10), config)
        assert found.n_counted.max() == 0
    else:  # rows 24 on, of the mouth, follow row 11
        pixels[:] = np.delete(in_tile(5, 2), np.s_[12:24], axis=0)
        mean = tile_trials(OneTile(pixels), faces_of(100), config).mean(np.ones(100, dtype=bool))
        assert np.unravel_index(mean.argmax(), mean.shape) == (5, 2)


def test_progress_counts_every_face_once():
    seen: list[int] = []
    tile_trials(OneTile(in_tile(5, 2)), faces_of(70), CONFIG, on_batch=seen.append)
    assert seen == [64, 70]


def test_maps_by_the_tile_task_are_of_the_emotion_asked_for_where_the_mask_leaves_the_face():
    faces = faces_of(3, label=0)
    model = OneTile(in_tile(2, 2))
    assert maps(model, faces, CONFIG, SaliencyMethod.TILES).max() == 0
    found = maps(model, faces, CONFIG, SaliencyMethod.TILES, targets=np.full(3, 3))
    np.testing.assert_array_equal(found, tile_maps(model, faces_of(3), CONFIG))
    assert map_cells(model, CONFIG, SaliencyMethod.TILES) == (8, 6)
    config = preset(ModelName.FAST, mask=Mask.MOUTH, mixed_precision=False)
    covered = maps(model, faces_of(3), config, SaliencyMethod.TILES)
    assert covered[:, SIDE // 2 :].max() == 0
    assert covered.max() > 0
