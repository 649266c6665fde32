from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.images.encoding import encode


@pytest.fixture
def face() -> bytes:
    """The bytes of a small image."""
    return encode(np.arange(16, dtype=np.uint8).reshape(4, 4))


@pytest.fixture
def write(tmp_path: Path, face: bytes) -> Callable[..., Path]:
    """Return a function that writes images at paths beneath a folder and returns the folder."""

    def write_all(*names: str, folder: str = "faces") -> Path:
        for name in names:
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(face)
        return tmp_path / folder

    return write_all
