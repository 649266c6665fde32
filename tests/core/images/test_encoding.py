import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from core.images.decoding import decode
from core.images.encoding import encode

shapes = st.tuples(st.integers(1, 60), st.integers(1, 60))


@given(arrays(np.uint8, shapes))
def test_decoding_gives_back_what_was_encoded(pixels):
    np.testing.assert_array_equal(decode(encode(pixels)), pixels)


def test_other_readers_understand_the_file(tmp_path):
    pixels = np.arange(48 * 48, dtype=np.uint32).astype(np.uint8).reshape(48, 48)
    path = tmp_path / "face.png"
    path.write_bytes(encode(pixels))
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image), pixels)


def test_the_bytes_are_the_same_for_ever():
    # Stored file hashes decide whether a row of fer2013.csv is there already.
    content = encode(np.zeros((48, 48), dtype=np.uint8))
    assert len(content) == 2420
    assert hashlib.sha256(content).hexdigest()[:16] == "2e441461b0e2c7e7"


def test_too_many_pixels_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        encode(np.zeros((256, 256), dtype=np.uint8))
