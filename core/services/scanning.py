"""Which pictures of a data set look alike, kept in a file so that only new pictures are searched.

A picture is what images with the same pixels share. Two files a data set lie in `scans/`: pairs
whose perceptual hashes almost agree, and pairs of which one almost agrees with the other's mirror
image. They are caches: delete them and the next scan makes them again.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from core.images.decoding import decode
from core.images.hashing import low_frequencies, mirrored, perceptual_hashes
from core.quality.near_duplicates import NearPairs, near_duplicate_pairs
from core.quality.near_search import near_pairs_between
from core.services.pictures import Alike
from core.workspace import Workspace
from db.repositories import labels
from db.repositories.duplicates import Extent, Hashed, extent, hashed

SCAN_BITS = 8  # what the pages need; a command may ask for more
WIDEST_BITS = 16  # beyond it most pairs of faces are near
FORMAT = 1
FILES_AT_A_TIME = 2_000


class Likeness(StrEnum):
    """In which way images are copies: same pixels, alike, alike in a mirror, or to a network."""

    EXACT = "exact"
    NEAR = "near"
    MIRRORED = "mirrored"
    NETWORK = "network"


@dataclass(frozen=True)
class Scan:
    """All near pairs of pictures of a data set, dropped images included.

    Attributes:
        stamp: int64, shape (4,). File format, largest distance, images, highest image id.
        created_at: float64, shape (). When the data set was made: tells data sets apart.
        image_ids: int64, shape (n_images,), ascending.
        pictures: int64, shape (n_images,). The picture of each image.
        pixels: bytes of 64 hexadecimal digits, shape (n_pictures,). The hash of its pixels.
        hashes: int64, shape (n_pictures,). The perceptual hash.
        mirror_hashes: int64, shape (n_pictures,). That of the mirror image; empty if not needed.
        first: int64, shape (n_pairs,). The lower picture of each pair, ordered by it, then second.
        second: int64, shape (n_pairs,). The higher one.
        distances: int64, shape (n_pairs,). Bits in which they differ.
    """

    stamp: NDArray[np.int64]
    created_at: NDArray[np.float64]
    image_ids: NDArray[np.int64]
    pictures: NDArray[np.int64]
    pixels: NDArray[np.bytes_]
    hashes: NDArray[np.int64]
    mirror_hashes: NDArray[np.int64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    distances: NDArray[np.int64]

    @property
    def bits(self) -> int:
        """Return the largest distance that was searched for."""
        return int(self.stamp[1])

    def alike(self, likeness: Likeness) -> Alike:
        """Return the pairs; of mirrored ones those that are less alike as they are."""
        pairs = NearPairs(self.first, self.second, self.distances)
        if likeness is Likeness.MIRRORED:
            as_they_are = np.bitwise_count(self.hashes[self.first] ^ self.hashes[self.second])
            pairs = pairs.where(as_they_are > self.distances)
        return Alike(self.image_ids, self.pictures, self.pixels, pairs, self.bits)


def scan(
    workspace: Workspace, dataset_id: int, likeness: Likeness, *, max_distance_bits: int = SCAN_BITS
) -> Scan:
    """Return the near pairs of a data set, searching only what was not searched before."""
    path = workspace.data_dir / "scans" / f"{dataset_id}-{likeness.value}.npz"
    bits = max(max_distance_bits, SCAN_BITS)
    with workspace.reading() as session:
        now = extent(session, dataset_id)
        known = _known(path, now, bits) or _nothing(now, bits)
        new = hashed(session, dataset_id, after_id=_last_id(known))
        if len(known.image_ids) + len(new) != now.n_images:  # an id below was added since
            known = _nothing(now, bits)
            new = hashed(session, dataset_id)
        if new:
            known = _extended(session, known, new, likeness)
            _store(path, known)
    return known


def _known(path: Path, now: Extent, bits: int) -> Scan | None:
    """Return the stored scan, None where there is none of this data set that reaches so far."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as stored:
        found = Scan(**{field.name: stored[field.name] for field in fields(Scan)})
    fits = found.stamp[0] == FORMAT and found.created_at == now.created_at.timestamp()
    return found if fits and found.bits >= bits else None


def _nothing(now: Extent, bits: int) -> Scan:
    none = np.zeros(0, dtype=np.int64)
    return Scan(
        stamp=np.array([FORMAT, bits, 0, 0]),
        created_at=np.array(now.created_at.timestamp()),
        image_ids=none,
        pictures=none,
        pixels=np.zeros(0, dtype="S64"),
        hashes=none,
        mirror_hashes=none,
        first=none,
        second=none,
        distances=none,
    )


def _last_id(known: Scan) -> int:
    return int(known.image_ids[-1]) if len(known.image_ids) else 0


def _extended(session: Session, known: Scan, new: list[Hashed], likeness: Likeness) -> Scan:
    """Return a scan with more images: their pictures, if new, are searched against all."""
    numbers = {pixels: number for number, pixels in enumerate(known.pixels.tolist())}
    fresh: list[Hashed] = []
    pictures = []
    for image in new:
        number = numbers.setdefault(image.pixel_sha256.encode(), len(numbers))
        if number == len(known.pixels) + len(fresh):
            fresh.append(image)
        pictures.append(number)
    hashes = np.array([image.phash for image in fresh], dtype=np.int64)
    mirror_hashes = _mirror_hashes(session, fresh, likeness)
    pairs = _new_pairs(known, hashes, mirror_hashes, likeness)
    image_ids = np.r_[known.image_ids, [image.image_id for image in new]]
    return Scan(
        stamp=np.array([FORMAT, known.bits, len(image_ids), image_ids[-1]]),
        created_at=known.created_at,
        image_ids=image_ids,
        pictures=np.r_[known.pictures, pictures].astype(np.int64),
        pixels=np.r_[known.pixels, np.array([image.pixel_sha256 for image in fresh], dtype="S64")],
        hashes=np.r_[known.hashes, hashes],
        mirror_hashes=np.r_[known.mirror_hashes, mirror_hashes],
        first=pairs.first,
        second=pairs.second,
        distances=pairs.distances,
    )


def _mirror_hashes(session: Session, fresh: list[Hashed], likeness: Likeness) -> NDArray[np.int64]:
    """Return the hashes of the pictures' mirror images, none where they are not asked for.

    They need the pixels: which coefficients lie above the median changes with the signs.
    """
    parts = [np.zeros(0, dtype=np.int64)]
    wanted = [image.image_id for image in fresh] if likeness is Likeness.MIRRORED else []
    for start in range(0, len(wanted), FILES_AT_A_TIME):
        chunk = wanted[start : start + FILES_AT_A_TIME]
        contents = labels.blobs(session, chunk)
        seen = [mirrored(low_frequencies(decode(contents[image_id]))) for image_id in chunk]
        parts.append(perceptual_hashes(seen))
    return np.concatenate(parts)


def _new_pairs(
    known: Scan,
    hashes: NDArray[np.int64],
    mirror_hashes: NDArray[np.int64],
    likeness: Likeness,
) -> NearPairs:
    """Return the known pairs and those of new pictures with known and with new ones."""
    bits, offset = known.bits, len(known.hashes)
    if likeness is Likeness.NEAR:
        within = near_duplicate_pairs(hashes, max_distance_bits=bits)
        across = near_pairs_between(known.hashes, hashes, max_distance_bits=bits)
        found = [(within, offset, offset), (across, 0, offset)]
    else:
        all_mirrors = np.r_[known.mirror_hashes, mirror_hashes]
        of_new = near_pairs_between(hashes, all_mirrors, max_distance_bits=bits)
        of_known = near_pairs_between(known.hashes, mirror_hashes, max_distance_bits=bits)
        found = [(of_new, offset, 0), (of_known, 0, offset)]
    one = np.r_[known.first, *(pairs.first + shift for pairs, shift, _ in found)]
    other = np.r_[known.second, *(pairs.second + shift for pairs, _, shift in found)]
    distances = np.r_[known.distances, *(pairs.distances for pairs, _, _ in found)]
    return _closest_once(one, other, distances)


def _closest_once(
    one: NDArray[np.int64], other: NDArray[np.int64], distances: NDArray[np.int64]
) -> NearPairs:
    """Return each pair of two pictures once, with its smallest distance, in order."""
    first, second = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((distances, second, first))
    order = order[first[order] != second[order]]
    first, second, distances = first[order], second[order], distances[order]
    repeats = (np.diff(first) == 0) & (np.diff(second) == 0)
    new = np.r_[np.ones(min(1, len(first)), dtype=np.bool_), ~repeats]
    return NearPairs(first[new], second[new], distances[new])


def _store(path: Path, found: Scan) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    with unfinished.open("wb") as file:
        np.savez(file, **{field.name: getattr(found, field.name) for field in fields(Scan)})
    unfinished.replace(path)
