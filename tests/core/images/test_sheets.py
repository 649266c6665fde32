import cv2
import numpy as np

from core.images.sheets import packed, sheet


def test_the_twenty_first_picture_begins_the_second_row():
    cells = sheet([np.full((48, 48), shade, dtype=np.uint8) for shade in range(1, 22)])
    assert cells.shape == (96, 960)
    assert (cells[:48, 48:96] == 2).all()
    assert (cells[48:, :48] == 21).all()
    assert not cells[48:, 48:].any()


def test_a_small_picture_keeps_its_pixels_in_the_middle():
    cells = sheet([np.array([[7, 9]], dtype=np.uint8)])
    assert cells[23, 23] == 7
    assert cells[23, 24] == 9
    assert cells.sum() == 16


def test_a_large_picture_is_shrunk_as_a_whole():
    wide = np.full((100, 200), 50, dtype=np.uint8)
    cells = sheet([wide])[:48, :48]
    assert (cells[12:36] == 50).all()
    assert not cells[:12].any()


def test_no_pictures_make_one_empty_row():
    assert sheet([]).shape == (48, 960)


def test_a_packed_sheet_has_the_same_pixels():
    pixels = np.arange(256, dtype=np.uint8).reshape(8, 32)
    read = cv2.imdecode(np.frombuffer(packed(pixels), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(read, pixels)
