"""Groups of copies of a data set: pixel-identical, alike, alike in a mirror or to a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from core.errors import NearLimitError, SimilarityError
from core.quality.embedding_pairs import THOUSANDTHS, WIDEST
from core.quality.near_duplicates import NearPairs
from core.quality.near_groups import IndexPair, per_distance, star_groups
from core.services import embeddings
from core.services.copies import copies_now
from core.services.pictures import Alike, KeptImages
from core.services.scanning import WIDEST_BITS, Likeness, scan
from core.workspace import Workspace
from db.enums import DuplicateVerdict
from db.repositories import decisions, labels
from db.repositories import duplicates as stored
from db.repositories.decisions import Pair
from db.repositories.duplicates import Fingerprint
from db.rows import ImageRow

NEAR_BITS = 4  # the distance that counts as near where nobody says otherwise
NEAR_SIMILARITY = 0.7  # the same for networks; on FER2013 almost all such pairs are one photograph
LEAST_SIMILARITY = 1 - WIDEST / THOUSANDTHS


@dataclass(frozen=True)
class Group:
    """Copies of one picture: image ids by rising distance to the first of them.

    Distances are bits, or thousandths by which a network's similarity is below 1. `is_settled`:
    somebody said of every one that it is a copy of the first. `is_across`: they are in several
    splits. `is_conflicting`: they have several labels.
    """

    image_ids: tuple[int, ...]
    distances: tuple[int, ...]
    is_settled: bool
    is_across: bool
    is_conflicting: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """Groups of copies at a limit, and figures on them.

    Attributes:
        likeness: In which way they are copies.
        limit: The largest distance within a pair, as in `Group`.
        groups: The groups by their first image's picture. An image can be in two near groups.
        images: How many images are in groups.
        pairs: Pairs of kept images within the limit, those judged different left out. They
            include pixel-identical pairs, but mirrored ones, which are less alike as they are.
        exact_pairs: How many of these are pixel-identical.
        per_distance: The number of such pairs at each distance, from 0 to the searched limit.
        different: Pairs of pictures that were judged different.
        same: Pairs of pictures that were judged copies.
        unseen: Kept images that were not compared, as they are newer than the run's version.
    """

    likeness: Likeness
    limit: int
    groups: tuple[Group, ...]
    images: int
    pairs: int
    exact_pairs: int
    per_distance: tuple[int, ...]
    different: int
    same: int
    unseen: int

    @property
    def cross_split_groups(self) -> int:
        """Return how many groups have images in more than one split."""
        return sum(group.is_across for group in self.groups)

    @property
    def conflicting_groups(self) -> int:
        """Return how many groups have more than one label."""
        return sum(group.is_conflicting for group in self.groups)


class _Tally(NamedTuple):
    """Pairs at each distance, how many of them are pixel-identical, and all verdicts."""

    per_distance: list[int]
    exact_pairs: int
    verdicts: dict[Pair, DuplicateVerdict]
    unseen: int


class _Star(NamedTuple):
    """A group before its images are looked up: ids, distances to the first, whether settled."""

    image_ids: tuple[int, ...]
    distances: tuple[int, ...]
    is_settled: bool


def find(
    workspace: Workspace, dataset_id: int, likeness: Likeness, *, max_distance_bits: int = NEAR_BITS
) -> Found:
    """Return the groups of exact, near or mirrored copies among the kept images of a data set.

    Raises:
        NearLimitError: If the limit is outside 0..16.
    """
    if not 0 <= max_distance_bits <= WIDEST_BITS:
        raise NearLimitError(max_distance_bits, WIDEST_BITS)
    if likeness is Likeness.EXACT:
        return _exact(workspace, dataset_id)
    known = scan(workspace, dataset_id, likeness, max_distance_bits=max_distance_bits)
    with workspace.reading() as session:
        return _near(session, dataset_id, known.alike(likeness), likeness, max_distance_bits)


def find_by_run(
    workspace: Workspace,
    dataset_id: int,
    run_id: int,
    *,
    min_similarity: float = NEAR_SIMILARITY,
) -> Found:
    """Return the groups of images that a run's network finds alike.

    Where a network finds very many pairs alike, only the most similar ones are known; the limit
    of what comes back is then tighter than was asked for.

    Raises:
        SimilarityError: If the similarity is outside 0.5..1.
        UnknownRunError: If there is no such run.
        OtherDatasetError: If the run is on another data set.
        NotReadyError: If its network has not described the faces yet.
    """
    if not LEAST_SIMILARITY <= min_similarity <= 1:
        raise SimilarityError(min_similarity, LEAST_SIMILARITY)
    known = embeddings.alike(workspace, dataset_id, run_id)
    limit = min(round((1 - min_similarity) * THOUSANDTHS), known.reach)
    with workspace.reading() as session:
        return _near(session, dataset_id, known, Likeness.NETWORK, limit)


def members(workspace: Workspace, groups: Sequence[Group]) -> dict[int, ImageRow]:
    """Return the images of groups by id."""
    wanted = sorted({image_id for group in groups for image_id in group.image_ids})
    with workspace.reading() as session:
        return {row.id: row for row in labels.images(session, wanted)}


def _exact(workspace: Workspace, dataset_id: int) -> Found:
    now = copies_now(workspace, dataset_id)
    ids_of_groups = [[now.prints[index].image_id for index in group] for group in now.groups]
    n_pairs = sum(len(group) * (len(group) - 1) // 2 for group in ids_of_groups)
    return _found(
        Likeness.EXACT,
        0,
        [_Star(tuple(ids), (0,) * len(ids), is_settled=False) for ids in ids_of_groups],
        {image.image_id: image for image in now.prints},
        _Tally([n_pairs], n_pairs, {}, 0),
    )


def _near(session: Session, dataset_id: int, known: Alike, likeness: Likeness, limit: int) -> Found:
    verdicts = decisions.in_force(session, dataset_id)
    different = _judged(known, verdicts, DuplicateVerdict.DIFFERENT)
    same = _judged(known, verdicts, DuplicateVerdict.SAME)
    kept_ids = stored.kept_ids(session, dataset_id)
    images = KeptImages(known, kept_ids)
    pairs = _open_pairs(known, images.counts, different)
    near = pairs.where(pairs.distances <= limit)
    stars = [_star(near, images, group, same) for group in star_groups(near, different)]
    weights = images.counts[pairs.first] * images.counts[pairs.second]
    curve = per_distance(pairs.distances, weights, max_distance_bits=known.reach)
    n_exact_pairs = 0
    if likeness is not Likeness.MIRRORED:
        n_exact_pairs = int(np.sum(images.counts * (images.counts - 1) // 2))
    curve[0] += n_exact_pairs
    image_ids = sorted({image_id for star in stars for image_id in star.image_ids})
    prints = stored.fingerprints_of(session, image_ids)
    unseen = len(kept_ids) - int(images.counts.sum())
    return _found(likeness, limit, stars, prints, _Tally(curve, n_exact_pairs, verdicts, unseen))


def _found(
    likeness: Likeness,
    limit: int,
    stars: list[_Star],
    prints: dict[int, Fingerprint],
    tally: _Tally,
) -> Found:
    said = list(tally.verdicts.values())
    return Found(
        likeness=likeness,
        limit=limit,
        groups=tuple(_group(star, prints) for star in stars),
        images=len(prints),
        pairs=sum(tally.per_distance[: limit + 1]),
        exact_pairs=tally.exact_pairs,
        per_distance=tuple(tally.per_distance),
        different=said.count(DuplicateVerdict.DIFFERENT),
        same=said.count(DuplicateVerdict.SAME),
        unseen=tally.unseen,
    )


def _group(star: _Star, prints: dict[int, Fingerprint]) -> Group:
    joined = [prints[image_id] for image_id in star.image_ids]
    return Group(
        *star,
        is_across=len({one.split for one in joined}) > 1,
        is_conflicting=len({one.label for one in joined}) > 1,
    )


def _judged(
    known: Alike, verdicts: dict[Pair, DuplicateVerdict], verdict: DuplicateVerdict
) -> frozenset[IndexPair]:
    """Return the known pairs of pictures with this verdict, the lower number first."""
    pairs = [pair for pair, said in verdicts.items() if said is verdict]
    named = {pixels.encode() for pair in pairs for pixels in pair}
    wanted = np.flatnonzero(np.isin(known.pixels, np.array(sorted(named), dtype="S64")))
    numbers = {known.pixels[number].decode(): int(number) for number in wanted}
    found = [
        (numbers[one], numbers[other])
        for one, other in pairs
        if one in numbers and other in numbers
    ]
    return frozenset((min(pair), max(pair)) for pair in found)


def _open_pairs(
    known: Alike, counts: NDArray[np.int64], different: frozenset[IndexPair]
) -> NearPairs:
    """Return the pairs of pictures that still have images and were not judged different."""
    pairs = known.pairs
    is_open = (counts[pairs.first] > 0) & (counts[pairs.second] > 0)
    if different:
        apart = np.array(sorted(different))
        keys = pairs.first * len(counts) + pairs.second
        is_open &= ~np.isin(keys, apart[:, 0] * len(counts) + apart[:, 1])
    return pairs.where(is_open)


def _star(
    near: NearPairs, images: KeptImages, pictures: list[int], same: frozenset[IndexPair]
) -> _Star:
    """Return a group of pictures, each paired with the first, as images by rising distance."""
    first, *others = pictures
    start, end = np.searchsorted(near.first, [first, first + 1])
    places = start + np.searchsorted(near.second[start:end], others)
    ranked = sorted(zip(near.distances[places].tolist(), others, strict=True))
    ranked_ids = [
        (image_id, distance)
        for distance, picture in [(0, first), *ranked]
        for image_id in images.of(picture)
    ]
    return _Star(
        image_ids=tuple(image_id for image_id, _ in ranked_ids),
        distances=tuple(distance for _, distance in ranked_ids),
        is_settled=all((first, other) in same for other in others),
    )
