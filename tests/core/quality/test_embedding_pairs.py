"""Similar pairs are those that comparing all finds; whitening leaves what makes a picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.quality import embedding_pairs
from core.quality.embedding_pairs import pictures, similar_pairs, whitened


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def listed(found: embedding_pairs.SimilarPairs) -> list[tuple[int, int, int]]:
    pairs = found.pairs
    columns = (pairs.first, pairs.second, pairs.distances)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def brute_force(vectors: np.ndarray, widest: int) -> list[tuple[int, int, int]]:
    """Every pair compared one by one, in double precision."""
    found = []
    for first in range(len(vectors)):
        for second in range(first + 1, len(vectors)):
            cosine = float(np.dot(vectors[first].astype(np.float64), vectors[second]))
            distance = max(0, int(np.ceil((1 - cosine) * 1000 - 1e-3)))
            if distance <= widest:
                found.append((first, second, distance))
    return found


def test_distances_are_thousandths_below_one_rounded_up():
    angles = np.array([0.0, 0.0, np.arccos(0.9), np.arccos(0.6995)])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = [pair for pair in listed(similar_pairs(vectors)) if pair[0] == 0]
    assert found == [(0, 1, 0), (0, 2, 100), (0, 3, 301)]


@pytest.mark.parametrize("block_rows", [1, 7, 64])
def test_blocks_find_what_comparing_all_finds(monkeypatch: pytest.MonkeyPatch, block_rows: int):
    rng = np.random.default_rng(0)
    vectors = unit(rng.normal(size=(60, 3)))
    monkeypatch.setattr(embedding_pairs, "BLOCK_ROWS", block_rows)
    expected = brute_force(vectors, 200)
    assert len(expected) > 50
    assert listed(similar_pairs(vectors, widest=200)) == expected


@given(seed=st.integers(0, 1000), widest=st.integers(0, 499))
def test_a_looser_limit_never_loses_a_pair(seed: int, widest: int):
    vectors = unit(np.random.default_rng(seed).normal(size=(20, 3)))
    tight = listed(similar_pairs(vectors, widest=widest))
    loose = listed(similar_pairs(vectors, widest=widest + 1))
    assert set(tight) <= set(loose)


@pytest.mark.parametrize("block_rows", [3, 100])
def test_of_too_many_pairs_the_most_similar_stay_down_to_a_whole_thousandth(
    monkeypatch: pytest.MonkeyPatch, block_rows: int
):
    vectors = unit(np.random.default_rng(1).normal(size=(60, 3)))
    monkeypatch.setattr(embedding_pairs, "BLOCK_ROWS", block_rows)
    every = brute_force(vectors, 500)
    found = similar_pairs(vectors, most_pairs=40)
    assert 0 < len(found.pairs) <= 40
    assert listed(found) == [pair for pair in every if pair[2] <= found.reach]
    assert sum(pair[2] <= found.reach + 1 for pair in every) > 40


def test_progress_reaches_every_row():
    told: list[int] = []
    similar_pairs(unit(np.ones((2500, 2))), widest=0, most_pairs=1, on_rows=told.append)
    assert told == [1024, 2048, 2500]


def test_whitening_gives_every_direction_the_same_spread():
    rng = np.random.default_rng(2)
    features = rng.normal(size=(5000, 4)) * [10.0, 3.0, 1.0, 1.0] + 7
    vectors = whitened(features)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    spread = vectors.T @ vectors / len(vectors)
    np.testing.assert_allclose(np.linalg.eigvalsh(spread)[1:], 0.25, atol=0.05)


def test_a_copy_stands_out_among_faces_of_one_emotion():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(400, 20)) + rng.normal(size=(400, 1)) * 5
    features[399] = features[0] + 0.01
    alike = listed(similar_pairs(whitened(features), widest=100))
    assert [pair[:2] for pair in alike] == [(0, 399)]
    assert len(listed(similar_pairs(unit(features), widest=100))) > 1000


def test_features_without_any_spread_give_zero_vectors():
    assert not whitened(np.ones((5, 3))).any()


def test_pictures_are_numbered_as_they_first_appear():
    picture_of, places = pictures(np.array([7, 2, 7, 9, 2]))
    assert picture_of.tolist() == [0, 1, 0, 2, 1]
    assert places.tolist() == [0, 1, 3]
