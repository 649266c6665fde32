import numpy as np
import pytest

from core.errors import EmptySetError
from core.metrics.calibration import calibration


def confident(shares: list[float]) -> np.ndarray:
    """Say class 0 with each of these probabilities."""
    top = np.array(shares)
    rest = (1 - top)[:, None] / 6
    return np.concatenate([top[:, None], np.repeat(rest, 6, axis=1)], axis=1)


def test_the_error_is_the_weighted_gap_between_confidence_and_accuracy():
    said = confident([0.9, 0.9, 0.9, 0.9, 0.6])
    labels = np.array([0, 0, 0, 1, 1])
    found = calibration(said, labels, n_bins=10)
    assert found.n.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 4, 0]
    assert found.accuracy[8] == pytest.approx(0.75)
    assert found.confidence[8] == pytest.approx(0.9)
    assert found.expected_error == pytest.approx((4 * 0.15 + 1 * 0.6) / 5)
    assert found.largest_error == pytest.approx(0.6)


def test_bins_without_images_have_neither_confidence_nor_accuracy():
    found = calibration(confident([0.95]), np.array([0]), n_bins=10)
    assert np.isnan(found.accuracy[:9]).all()
    assert np.isnan(found.confidence[:9]).all()


def test_a_network_that_is_right_as_often_as_it_says_has_almost_no_error():
    rng = np.random.default_rng(0)
    shares = rng.uniform(0.3, 1, 40_000)
    labels = np.where(rng.random(40_000) < shares, 0, 1)
    assert calibration(confident(list(shares)), labels).expected_error < 0.01


def test_nothing_cannot_be_calibrated():
    with pytest.raises(EmptySetError):
        calibration(np.zeros((0, 7)), np.zeros(0, dtype=np.int64))
