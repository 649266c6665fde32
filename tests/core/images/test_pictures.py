"""Reading photographs of any size."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.errors import UnreadableImageError
from core.images.decoding import decode
from core.images.pictures import MOST_SIDE_PX, grey, read_picture


def file_of(image: Image.Image, kind: str = "PNG", **how) -> bytes:
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (48, 40), dtype=np.uint8)


def test_a_grey_picture_keeps_its_pixels(noise):
    picture = read_picture(file_of(Image.fromarray(noise)))
    assert (picture.shape, picture.dtype) == ((48, 40, 3), np.uint8)
    np.testing.assert_array_equal(grey(picture), noise)


def test_colours_turn_grey_as_they_do_in_an_import():
    colours = np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    content = file_of(Image.fromarray(colours))
    np.testing.assert_array_equal(read_picture(content), colours)
    np.testing.assert_array_equal(grey(read_picture(content)), decode(content))


def test_a_picture_is_turned_as_its_camera_was_held(noise):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned clockwise
    content = file_of(Image.fromarray(noise), exif=exif)
    np.testing.assert_array_equal(grey(read_picture(content)), np.rot90(noise, -1))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_huge_picture_is_scaled_down_with_its_shape(kind):
    content = file_of(Image.new("RGB", (6000, 1500), (10, 200, 30)), kind)
    picture = read_picture(content)
    assert picture.shape == (MOST_SIDE_PX // 4, MOST_SIDE_PX, 3)
    assert np.abs(picture.reshape(-1, 3).mean(axis=0) - [10, 200, 30]).max() < 3


def test_16_bit_grey_keeps_its_upper_bits():
    deep = np.array([[0, 256, 65_535]], dtype=np.uint16)
    assert grey(read_picture(file_of(Image.fromarray(deep)))).tolist() == [[0, 1, 255]]


def test_transparency_and_animations_are_no_trouble(noise):
    frames = [Image.fromarray(noise), Image.fromarray(255 - noise)]
    animated = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(grey(read_picture(animated)), noise)
    assert read_picture(file_of(Image.new("RGBA", (5, 4), (9, 9, 9, 0)))).shape == (4, 5, 3)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut off"])
def test_what_is_no_picture_is_one_sentence(content):
    with pytest.raises(UnreadableImageError, match="Not a picture that can be read"):
        read_picture(content)


def test_a_cut_off_picture_is_one_sentence(noise):
    whole = file_of(Image.fromarray(noise), "JPEG")
    with pytest.raises(UnreadableImageError, match="Not a picture"):
        read_picture(whole[: len(whole) // 2])


def test_a_picture_of_too_many_pixels_is_refused_by_its_header():
    content = file_of(Image.new("1", (9_000, 9_900)))
    with pytest.raises(UnreadableImageError, match="more than 89 megapixels"):
        read_picture(content)
