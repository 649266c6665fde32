"""The tile task for networks: how few tiles of a face do they need, and which.

People's task is that of Wegrzyn et al. 2017 (PLoS ONE 12:e0177239): a face lies behind 8 x 6 tiles
that open one by one in random order; they stop it as soon as they recognise the emotion and name
it. Right answers with at most 16 open tiles count, and each open tile gets 1 - n/16, n the tiles
that were open. A network does the same, with these differences:

- It stops when it is right and sure: when the probability of the face's label reaches `SURE`, 0.5,
  more than all other emotions have together. Someone who is sure of a wrong emotion stops, and the
  trial is lost; a network has no say in when to stop, so it goes on.
- Some networks are sure of an emotion before any tile is open. No tile led to that, so such trials
  do not count; people have no opinion of a covered face.
- People saw two posed faces, upright, of known size, 16 times each; a network sees many faces of
  the test set, each a few times. The tiles follow each face's eyes and mouth (the best affine fit
  of their landmarks), or the mean face where no landmarks are.
- The last row lies mostly below FER2013's crops: it opens nothing, and counts as open.
- What is covered, and all around the tiles, is mid grey, where people saw a mask.
- The run's own mask stays on the face, and one view of it is judged, whatever its test views.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.configs import TrainConfig, own_test_mask
from core.images.faces import FaceSet
from core.images.masks import MID_GREY, cover_faces, kept_rows
from core.maps.placing import canonical_places
from core.maps.tile_grid import COLUMNS, ROWS, tile_at
from core.maps.tile_trials import MOST_TILES, TileTrials, weights_of
from core.ml.batches import network_input
from core.ml.devices import precision
from core.ml.folding import folded

SURE = 0.5
N_TRIALS = 4  # an image of many; many images say more than many trials of few
N_TRIALS_ALONE = 16  # of a face whose map is looked at by itself: as many as people had of a face
FACES_AT_ONCE = 64  # times trials: pictures a batch
N_TILES = ROWS * COLUMNS

Tiles = NDArray[np.int64]


def tile_trials(
    model: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    *,
    n_trials: int = N_TRIALS,
    seed: int = 0,
    on_batch: Callable[[int], None] = lambda _: None,
) -> TileTrials:
    """Return what the tile task says of each face, one row a face.

    The order of a face's tiles depends on its id and the seed alone, so that two networks see the
    same and a face does not depend on those beside it.

    Args:
        model: The network; it is left in evaluation mode.
        faces: The faces, not masked yet.
        config: The run's settings.
        n_trials: Trials of each face.
        seed: Another one opens tiles in another order.
        on_batch: Called after every batch with the number of faces done. It may raise.
    """
    prepared = folded(model.eval()).to(memory_format=torch.channels_last)
    weights = np.zeros((len(faces), ROWS, COLUMNS), dtype=np.float32)
    n_counted = np.zeros(len(faces), dtype=np.int64)
    for start in range(0, len(faces), FACES_AT_ONCE):
        batch = faces.at(np.arange(start, min(start + FACES_AT_ONCE, len(faces))))
        steps = opening_steps(batch.image_ids, n_trials, seed)
        n_open, is_right = _played(prepared, batch, config, steps)
        is_open = (steps <= n_open[:, :, None]).reshape(*n_open.shape, ROWS, COLUMNS)
        found = weights_of(is_open, n_open, is_right)
        weights[start : start + FACES_AT_ONCE] = found.weights
        n_counted[start : start + FACES_AT_ONCE] = found.n_counted
        on_batch(start + len(batch))
    return TileTrials(weights=weights, n_counted=n_counted)


def tile_maps(
    model: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    *,
    on_batch: Callable[[int], None] = lambda _: None,
) -> NDArray[np.float32]:
    """Return each face's tile weights where the tiles lie on it: float32, (n, size, size), >= 0.

    `size` is the image size of the run; beside the tiles there is 0. Of 16 trials each.
    """
    found = tile_trials(
        model, faces, config, n_trials=N_TRIALS_ALONE, seed=config.seed, on_batch=on_batch
    )
    tiles = tiles_on(faces, config.image_size).reshape(len(faces), -1)
    weights = np.pad(found.weights.reshape(len(faces), N_TILES), ((0, 0), (0, 1)))  # at -1: 0
    maps = np.take_along_axis(weights, tiles, axis=1)
    return maps.reshape(len(faces), config.image_size, config.image_size)


def tiles_on(faces: FaceSet, side: int) -> Tiles:
    """Return the tile that each pixel of faces lies in: int64, shape (n, side, side), -1 for none.

    The mean face's tiles for all faces where they have no landmarks.
    """
    return tile_at(canonical_places(faces, side))


def opening_steps(image_ids: NDArray[np.int64], n_trials: int, seed: int) -> Tiles:
    """Return when each tile opens: int64, shape (n, n_trials, 48), each row all of 1 to 48.

    All orders are as likely; an image has the same ones whatever the others are.
    """
    steps = np.empty((len(image_ids), n_trials, N_TILES), dtype=np.int64)
    for place, image_id in enumerate(image_ids.tolist()):
        rng = np.random.default_rng([seed, image_id])
        steps[place] = rng.permuted(np.tile(np.arange(1, N_TILES + 1), (n_trials, 1)), axis=1)
    return steps


def _played(
    model: nn.Module, faces: FaceSet, config: TrainConfig, steps: Tiles
) -> tuple[Tiles, NDArray[np.bool_]]:
    """Return how many tiles were open when each trial ended, and whether it ended right and sure.

    Trials step together and those that ended are left out; 16 tiles end the rest, as longer ones
    do not count. Both have shape (n, n_trials).
    """
    n, n_trials = steps.shape[:2]
    device = next(model.parameters()).device
    pixels = torch.from_numpy(cover_faces(faces, own_test_mask(config.mask))).to(device)
    opens_at = torch.from_numpy(_pixel_steps(faces, config, steps)).to(device).flatten(0, 1)
    labels = torch.from_numpy(faces.labels).to(device).repeat_interleave(n_trials)
    n_open = torch.full((n * n_trials,), MOST_TILES, device=device)
    is_right = torch.zeros(n * n_trials, dtype=torch.bool, device=device)
    going = torch.arange(n * n_trials, device=device)
    for step in range(MOST_TILES + 1):
        seen = pixels[going // n_trials].where(opens_at[going] <= step, MID_GREY)
        is_sure = _sure_of(model, seen, labels[going], config)
        n_open[going[is_sure]] = step
        is_right[going[is_sure]] = step > 0
        going = going[~is_sure]
        if not len(going):
            break
    shape = (n, n_trials)
    return n_open.reshape(shape).cpu().numpy(), is_right.reshape(shape).cpu().numpy()


def _sure_of(
    model: nn.Module, pixels: torch.Tensor, labels: torch.Tensor, config: TrainConfig
) -> torch.Tensor:
    """Return for which pictures the label has a probability of at least `SURE`: bool, (n,)."""
    with torch.inference_mode(), precision(pixels.device, mixed=config.mixed_precision):
        logits = model(network_input(pixels, config.image_size))
    shares: torch.Tensor = logits.float().softmax(dim=1)
    return shares.gather(1, labels[:, None])[:, 0] >= SURE


def _pixel_steps(faces: FaceSet, config: TrainConfig, steps: Tiles) -> NDArray[np.uint8]:
    """Return with which tile each pixel opens: uint8, shape (n, n_trials, rows, side), from 1.

    255 beside the tiles, where nothing opens.
    """
    side = faces.pixels.shape[2]
    tiles = tiles_on(faces, side)[:, kept_rows(own_test_mask(config.mask), side)]
    known = np.pad(steps, ((0, 0), (0, 0), (0, 1)), constant_values=255).astype(np.uint8)
    return np.stack([step[:, tile] for step, tile in zip(known, tiles, strict=True)])
