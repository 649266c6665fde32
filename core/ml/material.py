"""The faces of a run as its epochs show them."""

import numpy as np
import torch
from numpy.typing import NDArray

from core.configs import TrainConfig
from core.images.faces import FaceSet
from core.ml.batches import Faces, masked_faces, randomly_masked_faces
from db.enums import Mask

BEFORE_TRAINING = 0  # the epoch whose random masks the validation faces wear throughout


class Material:
    """Training faces: always under the same mask, or each under another one in every epoch.

    Random masks follow from the seed and the epoch's number alone, so that a run which goes on
    draws what an uninterrupted one would have drawn.
    """

    def __init__(
        self, faces: FaceSet, indices: NDArray[np.int64], config: TrainConfig, device: torch.device
    ) -> None:
        self._source = (faces, indices, config, device)
        self._fixed = None if config.mask is Mask.RANDOM else masked_as(0, *self._source)
        self.whole = (
            None
            if config.teacher_run is None
            else masked_faces(faces, indices, Mask.NONE, device).pixels
        )

    def of_epoch(self, number: int) -> Faces:
        """Return the faces of an epoch, counted from 1, on the device."""
        return self._fixed or masked_as(number, *self._source)


def validation_faces(
    faces: FaceSet, indices: NDArray[np.int64], config: TrainConfig, device: torch.device
) -> Faces:
    """Return the faces that choose the epoch: the same in all of them, random masks too."""
    return masked_as(BEFORE_TRAINING, faces, indices, config, device)


def masked_as(
    epoch: int,
    faces: FaceSet,
    indices: NDArray[np.int64],
    config: TrainConfig,
    device: torch.device,
) -> Faces:
    """Return the faces at `indices` under the run's mask, a random one as drawn for an epoch."""
    if config.mask is not Mask.RANDOM:
        return masked_faces(faces, indices, config.mask, device)
    rng = np.random.default_rng([config.seed, epoch])
    return randomly_masked_faces(faces, indices, config.random_masks, rng, device)
