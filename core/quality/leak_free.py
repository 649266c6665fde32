"""Move whole groups of copies into one split each, so that no split gives another away."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from db.enums import Split

SplitPair = tuple[Split, Split]
SPLITS = tuple(Split)
SPLIT_PAIRS: tuple[SplitPair, ...] = (
    (Split.TRAIN, Split.VALIDATION),
    (Split.TRAIN, Split.TEST),
    (Split.VALIDATION, Split.TEST),
)


def merged(groups: Sequence[Sequence[int]], n_images: int) -> list[list[int]]:
    """Return the groups with those that share a member made one, ascending, by first member."""
    links = np.array([pair for group in groups for pair in pairwise(group)]).reshape(-1, 2)
    ones = np.ones(len(links), dtype=np.int8)
    graph = coo_array((ones, (links[:, 0], links[:, 1])), shape=(n_images, n_images))
    labels = connected_components(graph, directed=False)[1]
    members: dict[int, list[int]] = {}
    for index in sorted({index for group in groups for index in group}):
        members.setdefault(int(labels[index]), []).append(index)
    return [group for group in members.values() if len(group) > 1]


def fewest_moves(groups: Sequence[Sequence[int]], splits: Sequence[Split]) -> dict[int, Split]:
    """Return the new split of each image that has to move for no group to cross splits.

    Each group goes to the split that has most of its images, which moves the fewest; where two
    have as many, to training before validation before test, so that no copy is tested on.

    Args:
        groups: Groups of images that must stay together, as indices; no image in two of them.
        splits: The split of each image.
    """
    moves: dict[int, Split] = {}
    for group in groups:
        counts = Counter(splits[index] for index in group)
        home = max(SPLITS, key=lambda split: (counts[split], -SPLITS.index(split)))
        moves |= {index: home for index in group if splits[index] is not home}
    return moves


def crossing(groups: Sequence[Sequence[int]], splits: Sequence[Split]) -> dict[SplitPair, int]:
    """Return how many groups have images in both splits of each pair; one may count twice."""
    present = [{splits[index] for index in group} for group in groups]
    return {pair: sum(set(pair) <= found for found in present) for pair in SPLIT_PAIRS}
