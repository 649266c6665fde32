"""Finding faces in pictures, tried on drawn ones."""

import cv2
import numpy as np
import pytest

from core.images.drawing.planning import plan_sample
from core.images.drawing.sample import draw_face
from core.images.finding import Box, cut_out, find_faces, whole

SIDE = 200


def drawn(n: int) -> list[np.ndarray]:
    return [draw_face(face, 0).pixels for face in plan_sample(200, 0)[:n]]


def pasted(faces: list[np.ndarray], places: list[tuple[int, int]], side: int) -> np.ndarray:
    canvas = np.full((480, 720), 200, dtype=np.uint8)
    for face, (left, top) in zip(faces, places, strict=True):
        large = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
        canvas[top : top + side, left : left + side] = large
    return canvas


def test_two_faces_are_found_where_they_are():
    places = [(80, 140), (420, 140)]
    found = find_faces(pasted(drawn(2), places, SIDE))
    assert len(found) == 2
    for box, (left, top) in zip(sorted(found, key=lambda b: b.left), places, strict=True):
        assert box.width == box.height
        assert abs(box.left - left) < 25
        assert abs(box.top - top) < 25
        assert abs(box.width - SIDE) < 30


def test_the_largest_face_comes_first():
    canvas = pasted(drawn(1), [(60, 60)], 160)
    canvas[100:400, 380:680] = cv2.resize(drawn(2)[1], (300, 300), interpolation=cv2.INTER_CUBIC)
    widths = [box.width for box in find_faces(canvas)]
    assert len(widths) == 2
    assert widths[0] > widths[1]


@pytest.mark.parametrize("side", [48, 200])
def test_a_face_that_fills_its_picture_is_found_in_a_closer_look(side):
    face = cv2.resize(drawn(1)[0], (side, side), interpolation=cv2.INTER_CUBIC)
    (box,) = find_faces(face)
    assert abs(box.width - side) < side / 4


@pytest.mark.parametrize("shape", [(480, 720), (1, 1), (3, 900), (48, 48)])
def test_a_blank_picture_has_no_face(shape):
    assert find_faces(np.full(shape, 128, dtype=np.uint8)) == []


def test_a_part_is_cut_out_and_resized():
    picture = np.zeros((100, 100), dtype=np.uint8)
    picture[20:40, 30:50] = 250
    assert (cut_out(picture, Box(30, 20, 20, 20), 20) == 250).all()
    assert cut_out(picture, Box(30, 20, 20, 20), 48).shape == (48, 48)


def test_beyond_the_picture_its_edge_is_repeated():
    picture = np.arange(9, dtype=np.uint8).reshape(3, 3)
    assert cut_out(picture, Box(-1, -1, 3, 3), 3).tolist() == [[0, 0, 1], [0, 0, 1], [3, 3, 4]]
    assert cut_out(picture, Box(2, 2, 2, 2), 2).tolist() == [[8, 8], [8, 8]]


def test_the_whole_picture_is_itself_where_it_has_the_size():
    picture = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    np.testing.assert_array_equal(cut_out(picture, whole(picture), 48), picture)
    assert whole(np.zeros((3, 7), dtype=np.uint8)) == Box(0, 0, 7, 3)
