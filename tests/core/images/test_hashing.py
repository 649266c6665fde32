import hashlib

import imagehash
import numpy as np
import pytest
import scipy.fft
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from core.images.decoding import decode
from core.images.hashing import (
    file_sha256,
    low_frequencies,
    mirrored,
    perceptual_hashes,
    pixel_sha256,
)

DC_ONLY = -(2**63)
faces = arrays(np.uint8, (12, 10))


def test_a_file_hash_is_the_sha256_of_its_bytes():
    assert file_sha256(b"abc").startswith("ba7816bf8f01cfea")


def test_a_pixel_hash_covers_height_width_and_pixels():
    expected = hashlib.sha256(b"\x01\0\0\0\x02\0\0\0\x07\x09").hexdigest()
    assert pixel_sha256(np.array([[7, 9]], dtype=np.uint8)) == expected


def test_the_same_pixels_in_another_shape_have_another_hash():
    flat = np.zeros((2, 8), dtype=np.uint8)
    assert pixel_sha256(flat) != pixel_sha256(flat.reshape(4, 4))


def test_pixels_that_do_not_lie_together_in_memory_hash_alike():
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    assert pixel_sha256(pixels.T) == pixel_sha256(pixels.T.copy())


def hashes(images):
    return perceptual_hashes([low_frequencies(image) for image in images])


@pytest.mark.parametrize("shape", [(48, 48), (50, 37), (1, 1)])
@pytest.mark.parametrize("grey", [1, 77, 255])
def test_a_blank_image_has_only_the_bit_of_its_brightness(grey, shape):
    assert hashes([np.full(shape, grey, dtype=np.uint8)]).tolist() == [DC_ONLY]


def test_a_black_image_has_no_bit():
    assert hashes([np.zeros((48, 48), dtype=np.uint8)]).tolist() == [0]


def test_no_images_give_no_hashes():
    assert hashes([]).shape == (0,)


def test_frequencies_are_those_of_scipy_where_nothing_is_averaged():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32), dtype=np.uint8)
    expected = scipy.fft.dctn(pixels.astype(np.float64), type=2)[:8, :8] / 4
    np.testing.assert_allclose(low_frequencies(pixels), expected, atol=1e-8)


def test_an_enlarged_image_has_the_frequencies_of_the_small_one():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32), dtype=np.uint8)
    twice = pixels.repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_allclose(low_frequencies(twice), low_frequencies(pixels), atol=1e-8)


@given(st.lists(faces, max_size=5))
def test_a_hash_does_not_depend_on_the_other_images(images):
    assert hashes(images).tolist() == [hashes([image]).item() for image in images]


@given(faces)
def test_at_most_half_of_the_bits_are_above_the_median(image):
    assert np.bitwise_count(hashes([image]).view(np.uint64)).item() <= 32


@pytest.mark.real_faces
def test_faces_hash_as_with_imagehash_but_for_four_bits(small_real_set):
    # imagehash shrinks with a Lanczos filter and rounds to whole greys, we average areas, so
    # frequencies next to the median may change sides. On 3,988 real faces: 84 % alike, 16 %
    # differ in two bits, eight faces in four.
    images = [decode(path.read_bytes()) for path in sorted(small_real_set.rglob("*.png"))]
    theirs = [int(str(imagehash.phash(Image.fromarray(image))), 16) for image in images]
    differing = hashes(images).view(np.uint64) ^ np.array(theirs, dtype=np.uint64)
    assert np.bitwise_count(differing).max() <= 4


def test_frequencies_of_a_mirror_image_need_no_pixels():
    pixels = np.random.default_rng(5).integers(0, 256, (48, 37), dtype=np.uint8)
    np.testing.assert_allclose(
        mirrored(low_frequencies(pixels)), low_frequencies(pixels[:, ::-1]), atol=1e-8
    )
