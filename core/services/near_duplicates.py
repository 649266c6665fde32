"""Groups of copies of a data set: pixel-identical, alike, or alike in a mirror."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from core.errors import NearLimitError
from core.quality.duplicates import exact_groups
from core.quality.near_duplicates import NearPairs
from core.quality.near_groups import IndexPair, per_distance, star_groups
from core.services.scanning import WIDEST_BITS, Likeness, Scan, scan
from core.workspace import Workspace
from db.enums import DuplicateVerdict
from db.repositories import decisions, labels
from db.repositories import duplicates as stored
from db.repositories.decisions import Pair
from db.repositories.duplicates import Fingerprint
from db.rows import ImageRow

NEAR_BITS = 4  # the distance that counts as near where nobody says otherwise


@dataclass(frozen=True)
class Group:
    """Copies of one picture: image ids by rising distance in bits to the first of them.

    `is_settled`: somebody said of every one that it is a copy of the first.
    """

    image_ids: tuple[int, ...]
    distances: tuple[int, ...]
    is_settled: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """Groups of copies at a limit, and figures on them.

    Attributes:
        likeness: In which way they are copies.
        bits: The largest distance within a near pair.
        groups: The groups by their first image's picture. An image can be in two near groups.
        images: How many images are in groups.
        cross_split_groups: Groups with images in more than one split.
        conflicting_groups: Groups with more than one label.
        pairs: Pairs of kept images within the limit, those judged different left out. Near ones
            include pixel-identical pairs; mirrored ones are less alike as they are.
        exact_pairs: How many of these are pixel-identical.
        per_distance: The number of such pairs at each distance, from 0 to the searched limit.
        different: Pairs of pictures that were judged different.
        same: Pairs of pictures that were judged copies.
    """

    likeness: Likeness
    bits: int
    groups: tuple[Group, ...]
    images: int
    cross_split_groups: int
    conflicting_groups: int
    pairs: int
    exact_pairs: int
    per_distance: tuple[int, ...]
    different: int
    same: int


class _Tally(NamedTuple):
    """Pairs at each distance, how many of them are pixel-identical, and all verdicts."""

    per_distance: list[int]
    exact_pairs: int
    verdicts: dict[Pair, DuplicateVerdict]


class _Pictures:
    """The kept images of each picture of a scan; `counts` is int64, shape (n_pictures,)."""

    def __init__(self, known: Scan, kept_ids: Sequence[int]) -> None:
        places = np.flatnonzero(np.isin(known.image_ids, np.array(kept_ids, dtype=np.int64)))
        places = places[np.argsort(known.pictures[places], kind="stable")]
        self._ids = known.image_ids[places]
        self.counts = np.bincount(known.pictures[places], minlength=len(known.hashes))
        self._ends = np.cumsum(self.counts)

    def images(self, picture: int) -> list[int]:
        """Return the ids of a picture's kept images, ascending."""
        end = self._ends[picture]
        ids: list[int] = self._ids[end - self.counts[picture] : end].tolist()
        return ids


def find(
    workspace: Workspace, dataset_id: int, likeness: Likeness, *, max_distance_bits: int = NEAR_BITS
) -> Found:
    """Return the groups of copies among the kept images of a data set.

    Raises:
        NearLimitError: If the limit is outside 0..16.
    """
    if not 0 <= max_distance_bits <= WIDEST_BITS:
        raise NearLimitError(max_distance_bits, WIDEST_BITS)
    if likeness is Likeness.EXACT:
        with workspace.reading() as session:
            return _exact(session, dataset_id)
    known = scan(workspace, dataset_id, likeness, max_distance_bits=max_distance_bits)
    with workspace.reading() as session:
        return _near(session, dataset_id, known, likeness, max_distance_bits)


def members(workspace: Workspace, groups: Sequence[Group]) -> dict[int, ImageRow]:
    """Return the images of groups by id."""
    wanted = sorted({image_id for group in groups for image_id in group.image_ids})
    with workspace.reading() as session:
        return {row.id: row for row in labels.images(session, wanted)}


def _exact(session: Session, dataset_id: int) -> Found:
    prints = stored.copies(session, dataset_id)
    ids_of_groups = [
        [prints[index].image_id for index in group]
        for group in exact_groups([image.pixel_sha256 for image in prints])
    ]
    n_pairs = sum(len(group) * (len(group) - 1) // 2 for group in ids_of_groups)
    return _found(
        Likeness.EXACT,
        0,
        [Group(tuple(ids), (0,) * len(ids), is_settled=False) for ids in ids_of_groups],
        {image.image_id: image for image in prints},
        _Tally([n_pairs], n_pairs, {}),
    )


def _near(session: Session, dataset_id: int, known: Scan, likeness: Likeness, bits: int) -> Found:
    verdicts = decisions.in_force(session, dataset_id)
    different = _judged(known, verdicts, DuplicateVerdict.DIFFERENT)
    same = _judged(known, verdicts, DuplicateVerdict.SAME)
    pictures = _Pictures(known, stored.kept_ids(session, dataset_id))
    pairs = _open_pairs(known, pictures.counts, different, likeness)
    close = pairs.distances <= bits
    near = NearPairs(pairs.first[close], pairs.second[close], pairs.distances[close])
    groups = [
        _group(known, pictures, star, same, likeness) for star in star_groups(near, different)
    ]
    weights = pictures.counts[pairs.first] * pictures.counts[pairs.second]
    curve = per_distance(pairs.distances, weights, max_distance_bits=known.bits)
    is_near = likeness is Likeness.NEAR
    n_exact_pairs = int(np.sum(pictures.counts * (pictures.counts - 1) // 2)) if is_near else 0
    curve[0] += n_exact_pairs
    image_ids = sorted({image_id for group in groups for image_id in group.image_ids})
    prints = stored.fingerprints_of(session, image_ids)
    tally = _Tally(curve, n_exact_pairs, verdicts)
    return _found(likeness, bits, groups, prints, tally)


def _found(
    likeness: Likeness,
    bits: int,
    groups: list[Group],
    prints: dict[int, Fingerprint],
    tally: _Tally,
) -> Found:
    joined = [[prints[image_id] for image_id in group.image_ids] for group in groups]
    return Found(
        likeness=likeness,
        bits=bits,
        groups=tuple(groups),
        images=len(prints),
        cross_split_groups=sum(len({one.split for one in group}) > 1 for group in joined),
        conflicting_groups=sum(len({one.label for one in group}) > 1 for group in joined),
        pairs=sum(tally.per_distance[: bits + 1]),
        exact_pairs=tally.exact_pairs,
        per_distance=tuple(tally.per_distance),
        different=sum(said is DuplicateVerdict.DIFFERENT for said in tally.verdicts.values()),
        same=sum(said is DuplicateVerdict.SAME for said in tally.verdicts.values()),
    )


def _judged(
    known: Scan, verdicts: dict[Pair, DuplicateVerdict], verdict: DuplicateVerdict
) -> frozenset[IndexPair]:
    """Return the pairs of pictures of a scan with this verdict, the lower number first."""
    pairs = [pair for pair, said in verdicts.items() if said is verdict]
    named = {pixels.encode() for pair in pairs for pixels in pair}
    wanted = np.flatnonzero(np.isin(known.pixels, np.array(sorted(named), dtype="S64")))
    numbers = {known.pixels[number].decode(): int(number) for number in wanted}
    found = [(numbers[one], numbers[other]) for one, other in pairs]
    return frozenset((min(pair), max(pair)) for pair in found)


def _open_pairs(
    known: Scan,
    counts: NDArray[np.int64],
    different: frozenset[IndexPair],
    likeness: Likeness,
) -> NearPairs:
    """Return the pairs of pictures that still have images and were not judged different."""
    is_open = (counts[known.first] > 0) & (counts[known.second] > 0)
    if different:
        apart = np.array(sorted(different))
        keys = known.first * len(counts) + known.second
        is_open &= ~np.isin(keys, apart[:, 0] * len(counts) + apart[:, 1])
    if likeness is Likeness.MIRRORED:
        as_they_are = np.bitwise_count(known.hashes[known.first] ^ known.hashes[known.second])
        is_open &= as_they_are > known.distances
    return NearPairs(known.first[is_open], known.second[is_open], known.distances[is_open])


def _group(
    known: Scan,
    pictures: _Pictures,
    star: list[int],
    same: frozenset[IndexPair],
    likeness: Likeness,
) -> Group:
    first, *others = star
    ranked = sorted((_distance(known, first, other, likeness), other) for other in others)
    ranked_ids = [
        (image_id, distance)
        for distance, picture in [(0, first), *ranked]
        for image_id in pictures.images(picture)
    ]
    return Group(
        image_ids=tuple(image_id for image_id, _ in ranked_ids),
        distances=tuple(distance for _, distance in ranked_ids),
        is_settled=all((first, other) in same for other in others),
    )


def _distance(known: Scan, one: int, other: int, likeness: Likeness) -> int:
    """Return in how many bits the pictures differ, one of them in the mirror if that is wanted."""
    hashes = [int(known.hashes[number]) for number in (one, other)]
    if likeness is Likeness.NEAR:
        return _differing_bits(*hashes)
    mirrors = [int(known.mirror_hashes[number]) for number in (one, other)]
    return min(_differing_bits(hashes[0], mirrors[1]), _differing_bits(mirrors[0], hashes[1]))


def _differing_bits(one: int, other: int) -> int:
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()
