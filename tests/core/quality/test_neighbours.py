import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from core.quality.neighbours import BLOCK, neighbour_shares


def test_shares_of_the_two_nearest_directions_by_hand():
    known = np.array([[1.0, 0.0], [9.0, 1.0], [0.0, 1.0]])
    found = neighbour_shares(np.array([[2.0, 0.1]]), known, np.array([3, 5, 3]), k=2)
    np.testing.assert_allclose(found, [[0, 0, 0, 0.5, 0, 0.5, 0]])


def test_fewer_known_faces_than_neighbours_all_count():
    found = neighbour_shares(np.ones((1, 2)), np.ones((3, 2)), np.array([0, 0, 6]), k=20)
    np.testing.assert_allclose(found, [[2 / 3, 0, 0, 0, 0, 0, 1 / 3]], rtol=1e-6)


def test_a_face_without_features_has_neighbours_all_the_same():
    found = neighbour_shares(np.zeros((1, 2)), np.eye(2), np.array([1, 2]), k=2)
    np.testing.assert_allclose(found, [[0, 0.5, 0.5, 0, 0, 0, 0]])


def test_shares_are_those_of_scikit_learn_over_several_blocks():
    rng = np.random.default_rng(0)
    features, known = rng.normal(size=(BLOCK + 30, 8)), rng.normal(size=(200, 8))
    labels = np.arange(200) % 7
    peer = KNeighborsClassifier(n_neighbors=11, metric="cosine").fit(known, labels)
    found = neighbour_shares(features, known, labels, k=11)
    np.testing.assert_allclose(found, peer.predict_proba(features), atol=1e-6)
