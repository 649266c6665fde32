"""Controls: the same shape somewhere else, to tell where a mask lies from how much it covers."""

import numpy as np
from numpy.typing import NDArray

_STEP = 0x9E3779B97F4A7C15  # the constants of splitmix64 (Steele, Lea and Flood 2014)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_WORD = 2**64 - 1


def moved(hidden: NDArray[np.bool_], ids: NDArray[np.int64], *, seed: int = 0) -> NDArray[np.bool_]:
    """Return each face's mask moved to a random place, out on one side and in on the other.

    So a control has exactly as many pixels as what it controls, and the same shape, and over many
    faces it covers every pixel (of a band: every row) equally often. Where it goes depends on
    the image id and the seed only.

    Args:
        hidden: bool, shape (n, side, side), or (1, side, side) for all faces alike.
        ids: int64, shape (n,). Image ids.
        seed: Any whole number from 0.
    """
    side = hidden.shape[1]
    noise = _scrambled(ids, seed)
    places = np.arange(side)
    down = (noise % np.uint64(side)).astype(np.int64)
    right = (noise >> np.uint64(32)).astype(np.int64) % side
    rows = (places - down[:, None]) % side
    columns = (places - right[:, None]) % side
    faces = np.arange(len(ids)) if len(hidden) == len(ids) else np.zeros(len(ids), dtype=np.int64)
    shifted: NDArray[np.bool_] = hidden[faces[:, None, None], rows[:, :, None], columns[:, None, :]]
    return shifted


def _scrambled(ids: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """Return 64 random bits for each id: uint64, shape (n,)."""
    bits = ids.astype(np.uint64) * np.uint64(_STEP) + np.uint64((seed + 1) * _STEP & _WORD)
    bits = _mixed(bits)
    return _mixed(bits + np.uint64(_STEP))


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))
