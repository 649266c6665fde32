import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.errors import UnreadableImageError
from core.images.decoding import MAX_SIDE_PX, decode


def noise(height: int = 12, width: int = 10) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width), dtype=np.uint8)


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, colour: int = 0, data: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    chunks = chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF"])
def test_a_grey_image_comes_back_as_it_was_saved(kind):
    pixels = noise()
    decoded = decode(saved(Image.fromarray(pixels), kind))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, pixels)


def test_colour_is_turned_to_grey_by_luma_weights():
    red = Image.new("RGB", (4, 4), (255, 0, 0))
    assert (decode(saved(red)) == 76).all()  # 0.299 * 255


def test_sixteen_bits_keep_their_upper_eight():
    pixels = noise()
    deep = Image.fromarray(pixels.astype(np.uint16) * 256 + 7)
    np.testing.assert_array_equal(decode(saved(deep)), pixels)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_orientation_in_exif_is_applied(kind):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    content = saved(Image.fromarray(noise(12, 10)), kind, exif=exif)
    assert decode(content).shape == (10, 12)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_a_file_that_is_cut_off_is_refused(kind, share):
    content = saved(Image.fromarray(noise(48, 48)), kind)
    with pytest.raises(UnreadableImageError):
        decode(content[: int(len(content) * share)])


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_no_byte_flipped_in_a_png_changes_a_pixel_unnoticed(mode, capfd):
    image = Image.fromarray(noise()).convert(mode)
    content = saved(image)
    right = decode(content)
    for position in range(len(content)):
        damaged = bytearray(content)
        damaged[position] ^= 0x55
        try:
            np.testing.assert_array_equal(decode(bytes(damaged)), right)
        except UnreadableImageError:
            continue
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "content", [b"", b"no image", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8"]
)
def test_what_is_no_image_is_refused(content):
    with pytest.raises(UnreadableImageError):
        decode(content)


@pytest.mark.parametrize("colour", [0, 2])
@pytest.mark.parametrize("size", [(MAX_SIDE_PX + 1, 1), (1, MAX_SIDE_PX + 1), (2**31, 2**31)])
def test_a_huge_png_is_refused_by_its_header(size, colour):
    with pytest.raises(UnreadableImageError, match="the limit is 4096 a side"):
        decode(png(*size, colour=colour))


def test_a_huge_jpeg_is_refused_by_its_header():
    content = saved(Image.new("L", (8, 8)), "JPEG")
    frame = content.index(b"\xff\xc0")
    huge = content[: frame + 5] + struct.pack(">HH", 1, 5000) + content[frame + 9 :]
    with pytest.raises(UnreadableImageError, match="5000 x 1 pixels"):
        decode(huge)


def test_the_largest_side_is_still_read():
    content = saved(Image.new("L", (MAX_SIDE_PX, 1), 9))
    assert decode(content).shape == (1, MAX_SIDE_PX)


@pytest.mark.parametrize("colour", [0, 2])
def test_a_damaged_stream_with_right_checksums_is_refused(colour):
    with pytest.raises(UnreadableImageError):
        decode(png(4, 4, colour=colour, data=b"\x78\x01garbage"))


def test_bytes_after_the_end_of_a_png_do_no_harm():
    pixels = noise()
    np.testing.assert_array_equal(decode(saved(Image.fromarray(pixels)) + b"more"), pixels)
