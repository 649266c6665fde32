import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.images.landmarks import template
from core.maps.alignment import aligned_faces, aligned_maps, places
from core.maps.run_maps import MAP_SIDE

RNG = np.random.default_rng(0)
NOSE_TIP, LEFT_EYE, RIGHT_LIP = 30, 36, 54


def repeated(points, n):
    return np.repeat(np.asarray(points, dtype=np.float32)[None], n, axis=0)


def wild(seed):
    """The template, turned and shrunken, each point moved at random by a quarter of a pixel."""
    rng = np.random.default_rng(seed)
    angle = np.deg2rad(rng.uniform(-15, 15))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = template().mean(axis=0)
    return (template() - middle) @ turn.T * 0.8 + middle + rng.normal(0, 0.005, (68, 2))


def spot(point, side=96):
    """A picture with one soft spot at a point."""
    middles = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(middles, middles)
    distance = np.hypot(x - point[0], y - point[1])
    return np.exp(-0.5 * (distance / 0.03) ** 2).astype(np.float32)


def centre(picture):
    """The centre of mass of a picture, x and y as shares of its side."""
    middles = (np.arange(len(picture)) + 0.5) / len(picture)
    mass = picture.astype(np.float64)
    return np.array([mass.sum(axis=0) @ middles, mass.sum(axis=1) @ middles]) / mass.sum()


def test_the_template_leaves_faces_and_maps_as_they_are():
    where = places(repeated(template(), 3))
    faces = RNG.integers(0, 256, (3, MAP_SIDE, MAP_SIDE), dtype=np.uint8)
    np.testing.assert_array_equal(aligned_faces(faces, where), faces)
    maps = RNG.random((3, MAP_SIDE, MAP_SIDE), dtype=np.float32)
    expected = maps / maps.mean(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(aligned_maps(maps, where), expected, rtol=1e-4)


@pytest.mark.parametrize("landmark", [NOSE_TIP, LEFT_EYE, RIGHT_LIP])
@pytest.mark.parametrize("seed", range(3))
def test_what_lies_at_a_landmark_lands_on_its_canonical_place(landmark, seed):
    points = wild(seed)
    where = places(repeated(points, 1))
    moved = aligned_maps(spot(points[landmark])[None], where)[0]
    assert centre(moved) == pytest.approx(template()[landmark], abs=0.6 / MAP_SIDE)


def test_every_landmark_inside_the_crop_is_sampled_where_it_is_in_the_picture():
    points = wild(0)
    where = places(repeated(points, 1))[0]
    inside = np.flatnonzero((template() < 0.98).all(axis=1))
    at = np.float32(template()[inside] * MAP_SIDE - 0.5)
    found = cv2.remap(where, at[:, 0], at[:, 1], cv2.INTER_LINEAR)[:, 0]
    np.testing.assert_allclose(found, points[inside], atol=1 / MAP_SIDE)


def test_a_turned_and_shrunken_face_is_put_upright_exactly():
    """An affine change of all 68 points is undone everywhere, not only between the points."""
    matrix, shift = np.array([[0.7, 0.1], [-0.1, 0.8]]), np.array([0.1, 0.05])
    where = places(repeated(template() @ matrix.T + shift, 1))[0]
    middles = (np.arange(MAP_SIDE) + 0.5) / MAP_SIDE
    pixels = np.stack(np.meshgrid(middles, middles), axis=-1)
    np.testing.assert_allclose(where, pixels @ matrix.T + shift, atol=1e-5)


def test_what_is_outside_the_picture_is_grey_in_faces_and_nothing_in_maps():
    where = places(repeated(template() + np.array([0.25, 0.0]), 1))  # twelve pixels to the right
    faces = np.full((1, MAP_SIDE, MAP_SIDE), 200, dtype=np.uint8)
    moved = aligned_faces(faces, where)[0]
    assert (moved[:, -12:] == 128).all()
    assert (moved[:, :-12] == 200).all()
    flat = aligned_maps(np.ones((1, MAP_SIDE, MAP_SIDE), dtype=np.float32), where)[0]
    assert (flat[:, -12:] == 0).all()
    np.testing.assert_allclose(flat[:, :-12], 48 / 36, rtol=1e-6)  # the same mass on less face


def test_an_empty_map_stays_empty_beside_others():
    maps = np.zeros((2, MAP_SIDE, MAP_SIDE), dtype=np.float32)
    maps[1, 20:30, 20:30] = 5
    found = aligned_maps(maps, places(repeated(template(), 2)))
    assert found[0].max() == 0
    assert found[1].mean() == pytest.approx(1)


@pytest.mark.parametrize("side", [32, 96, 128])
def test_maps_of_other_sides_show_the_same_places(side):
    where = places(repeated(template(), 1))
    moved = aligned_maps(spot((0.3, 0.6), side)[None], where)[0]
    assert moved.shape == (MAP_SIDE, MAP_SIDE)
    assert centre(moved) == pytest.approx([0.3, 0.6], abs=0.2 / MAP_SIDE)


def test_no_faces_give_no_maps():
    where = places(np.empty((0, 68, 2), dtype=np.float32))
    assert where.shape == (0, MAP_SIDE, MAP_SIDE, 2)
    empty = np.empty((0, MAP_SIDE, MAP_SIDE))
    assert aligned_maps(empty.astype(np.float32), where).shape == empty.shape
    assert aligned_faces(empty.astype(np.uint8), where).shape == empty.shape


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_whatever_the_landmarks_a_map_has_mean_one_or_nothing(seed):
    rng = np.random.default_rng(seed)
    where = places(rng.normal(0.5, 0.5, (2, 68, 2)).astype(np.float32))
    found = aligned_maps(rng.random((2, MAP_SIDE, MAP_SIDE), dtype=np.float32), where)
    assert np.isfinite(found).all()
    assert found.min() >= 0
    for one in found:
        assert one.mean() == pytest.approx(1, abs=1e-4) or not one.any()
