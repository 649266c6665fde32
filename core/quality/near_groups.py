"""Groups of pictures that look alike: stars around their first picture, so that nothing chains.

Joining whatever is connected would put faces far apart into one group (a is near b, b near c, but
c not near a). Here every member is near the group's first, and a picture that is near two others
which are not near each other is in two groups. Every near pair is together in some group.
"""

from collections import defaultdict
from collections.abc import Collection
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.quality.near_duplicates import NearPairs

IndexPair = tuple[int, int]


def star_groups(pairs: NearPairs, apart: Collection[IndexPair] = frozenset()) -> list[list[int]]:
    """Group the pictures of near pairs.

    Args:
        pairs: Near pairs of pictures; those in `apart` are left out.
        apart: Pairs (lower, higher index) judged to be different; no group has both.

    Returns:
        Groups of two or more indices, each ascending, ordered by their first index.
    """
    near = defaultdict(list)
    for first, second in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True):
        if (first, second) not in apart:
            near[first].append(second)
    groups: list[list[int]] = []
    together: set[IndexPair] = set()
    for first in sorted(near):
        waiting = [other for other in near[first] if (first, other) not in together]
        while waiting:
            group = _compatible(first, waiting, apart)
            groups.append(group)
            together.update(combinations(group, 2))
            waiting = [other for other in waiting if other not in group]
    return groups


def per_distance(
    distances: NDArray[np.int64], weights: NDArray[np.int64], *, max_distance_bits: int
) -> list[int]:
    """Return how many pairs have each distance, from 0 to the limit; each counts by its weight."""
    counts = np.bincount(distances, weights=weights, minlength=max_distance_bits + 1)
    return [round(count) for count in counts[: max_distance_bits + 1].tolist()]


def _compatible(first: int, others: list[int], apart: Collection[IndexPair]) -> list[int]:
    """Return the first with as many of the others, in order, as no judgement sets apart."""
    group = [first]
    for other in others:
        if not any((min(one, other), max(one, other)) in apart for one in group):
            group.append(other)
    return group
