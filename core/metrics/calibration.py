"""Does a network that says 80 % get 80 % right: reliability curve and calibration error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import EmptySetError

N_BINS = 15  # as in Guo et al. 2017


@dataclass(frozen=True)
class Calibration:
    """Confidence beside accuracy in bins of equal width over 0..1.

    Attributes:
        confidence: float64, shape (n_bins,). Mean probability of the predicted emotion; NaN where
            no image fell.
        accuracy: float64, shape (n_bins,). Share predicted right; NaN in the same places.
        n: int64, shape (n_bins,). Images in each bin.
        expected_error: Mean distance between the two, weighted by n, 0..1 (ECE).
        largest_error: The largest distance of a bin, 0..1 (MCE).
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    n: NDArray[np.int64]
    expected_error: float
    largest_error: float


def calibration(
    probabilities: NDArray[np.floating], labels: NDArray[np.int64], *, n_bins: int = N_BINS
) -> Calibration:
    """Return how confidence and accuracy agree (Guo, Pleiss, Sun and Weinberger 2017, ICML).

    Args:
        probabilities: Shape (n, 7), rows sum to 1.
        labels: int64, shape (n,). Index into `EMOTIONS`.
        n_bins: Bins of equal width; a confidence on a border belongs to the lower bin.

    Raises:
        EmptySetError: If there are no images.
    """
    if not len(labels):
        raise EmptySetError("There are no predictions to calibrate; test on a set with images.")
    confidence = probabilities.max(axis=1).astype(np.float64)
    is_right = (probabilities.argmax(axis=1) == labels).astype(np.float64)
    place = np.clip(np.ceil(confidence * n_bins).astype(np.int64) - 1, 0, n_bins - 1)
    n = np.bincount(place, minlength=n_bins)
    sums = [np.bincount(place, values, minlength=n_bins) for values in (confidence, is_right)]
    means = [np.divide(total, n, out=np.full(n_bins, np.nan), where=n > 0) for total in sums]
    gaps = np.abs(np.nan_to_num(means[0] - means[1]))
    return Calibration(
        confidence=means[0],
        accuracy=means[1],
        n=n.astype(np.int64),
        expected_error=float((gaps * n).sum() / n.sum()),
        largest_error=float(gaps.max()),
    )
