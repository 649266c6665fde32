"""Faces on a device as tensors, and the path from stored pixels to what a network sees."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.images.faces import FaceSet
from core.images.masks import cover_faces
from db.enums import Mask


@dataclass(frozen=True)
class Faces:
    """Masked faces and their labels on one device.

    Attributes:
        pixels: uint8, shape (n, rows, side), as stored but for the mask; fewer rows than `side`
            where the mask cuts some off.
        labels: int64, shape (n,).
    """

    pixels: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.labels)


def masked_faces(
    faces: FaceSet, indices: NDArray[np.int64], mask: Mask, device: torch.device
) -> Faces:
    """Return the faces at `indices`, covered by the mask, on the device.

    They are covered before anything resizes them, so that nothing under a mask can shine through.

    Raises:
        MissingLandmarksError: If the mask follows landmarks and the faces have none.
    """
    pixels = torch.from_numpy(cover_faces(faces.at(indices), mask))
    labels = torch.from_numpy(faces.labels[indices])
    return Faces(pixels.to(device), labels.to(device))


def randomly_masked_faces(
    faces: FaceSet,
    indices: NDArray[np.int64],
    masks: Sequence[Mask],
    rng: np.random.Generator,
    device: torch.device,
) -> Faces:
    """Return the faces at `indices` on the device, each covered by a random one of the masks.

    The masks must leave the faces their shape: crops are refused where a run is configured.

    Raises:
        MissingLandmarksError: If a mask follows landmarks and the faces have none.
    """
    chosen = faces.at(indices)
    drawn = rng.integers(len(masks), size=len(indices))
    pixels = chosen.pixels.copy()
    for number, mask in enumerate(masks):
        places = np.flatnonzero(drawn == number)
        pixels[places] = cover_faces(chosen.at(places), mask)
    return Faces(torch.from_numpy(pixels).to(device), torch.from_numpy(chosen.labels).to(device))


def network_input(pixels: torch.Tensor, size: int) -> torch.Tensor:
    """Return uint8 faces (n, rows, side) as float32 (n, 1, rows, size), 0 black to 1 white.

    Rows shrink and grow as columns do: a picture cut to half its height stays half as high.
    """
    faces = pixels.unsqueeze(1).float() / 255
    rows, side = faces.shape[-2:]
    if side == size:
        return faces
    return F.interpolate(
        faces,
        size=(round(rows * size / side), size),
        mode="bilinear",
        align_corners=False,
        antialias=True,
    )


def batches_of(order: torch.Tensor, batch_size: int) -> tuple[torch.Tensor, ...]:
    """Return an order of faces cut into batches.

    They differ by at most one in length, so that no batch is too small for batch norm.
    """
    return order.tensor_split(n_batches(len(order), batch_size))


def n_batches(n: int, batch_size: int) -> int:
    """Return the number of batches in an epoch over n faces."""
    return -(-n // batch_size)
