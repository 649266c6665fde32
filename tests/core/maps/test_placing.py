import numpy as np

from core.images.faces import FaceSet
from core.images.landmarks import template
from core.maps.placing import canonical_places, placed

SIDE = 48


def faces_of(landmarks, n=2, found=None):
    return FaceSet(
        image_ids=np.arange(n),
        pixels=np.zeros((n, SIDE, SIDE), np.uint8),
        labels=np.zeros(n, np.int64),
        splits=np.full(n, "test"),
        groups=np.arange(n),
        landmarks=landmarks,
        landmarks_found=found,
    )


def test_the_canonical_face_lies_where_it_is():
    points = np.stack([template()] * 2).astype(np.float32)
    middles = (np.arange(SIDE) + 0.5) / SIDE
    expected = np.stack(np.meshgrid(middles, middles), axis=-1)
    for landmarks in (points, None):
        found = canonical_places(faces_of(landmarks), SIDE)
        np.testing.assert_allclose(found, np.stack([expected] * 2), atol=1e-6)


def test_a_face_that_was_not_detected_lies_as_the_canonical_one_does():
    anywhere = np.stack([template() * 0.5] * 2).astype(np.float32)
    found = canonical_places(faces_of(anywhere, found=np.array([True, False])), SIDE)
    expected = canonical_places(faces_of(None), SIDE)
    np.testing.assert_allclose(found[1], expected[1])
    assert np.abs(found[0] - expected[0]).max() > 0.2


def test_a_turned_small_face_is_found_by_its_eyes_and_mouth():
    turn = np.array([[0.5, 0.2], [-0.2, 0.5]])
    points = (template() - 0.5) @ turn + [0.55, 0.45]
    found = canonical_places(faces_of(np.stack([template(), points]).astype(np.float32)), 480)[1]
    for k in (36, 45, 51, 57):
        column, row = (points[k] * 480).astype(int)
        np.testing.assert_allclose(found[row, column], template()[k], atol=0.01)


def test_what_is_drawn_on_an_eye_lies_on_each_eye():
    moved = template() * 0.6 + [0.3, 0.1]
    faces = faces_of(np.stack([template(), moved]).astype(np.float32))
    drawn = np.zeros((2, SIDE, SIDE))
    x, y = (template()[36:42].mean(axis=0) * SIDE).astype(int)
    drawn[:, y - 1 : y + 2, x - 1 : x + 2] = 1
    found = placed(drawn, canonical_places(faces, SIDE))
    assert (found.shape, found.dtype) == ((2, SIDE, SIDE), np.float32)
    for picture, points in zip(found, (template(), moved), strict=True):
        row, column = np.unravel_index(picture.argmax(), picture.shape)
        eye = points[36:42].mean(axis=0) * SIDE
        assert abs(column - eye[0]) < 2
        assert abs(row - eye[1]) < 2


def test_landmarks_on_one_line_give_numbers_all_the_same():
    flat = np.zeros((2, 68, 2), dtype=np.float32)
    assert np.isfinite(canonical_places(faces_of(flat), SIDE)).all()
