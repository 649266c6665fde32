import numpy as np
import pytest

from core.maps.canonical import MIRROR, landmarks, mirrored, soften


def test_there_are_68_points_and_only_the_chin_leaves_the_crop():
    points = landmarks()
    assert points.shape == (68, 2)
    assert points.dtype == np.float64
    outside = np.flatnonzero((points < 0).any(axis=1) | (points > 1).any(axis=1))
    assert set(outside) <= {6, 7, 8, 9, 10}


def test_the_face_is_its_own_mirror_image():
    np.testing.assert_allclose(mirrored(landmarks()), landmarks(), atol=1e-5)


def test_mirroring_twice_changes_nothing():
    assert list(MIRROR[MIRROR]) == list(range(68))
    points = np.random.default_rng(0).random((68, 2))
    np.testing.assert_allclose(mirrored(mirrored(points)), points)


def test_features_lie_in_the_order_of_a_face_from_the_forehead_down():
    y = landmarks()[:, 1]
    brows, eyes, nose_tip, mouth, chin = y[17:27], y[36:48], y[30], y[48:68], y[8]
    assert brows.max() < eyes.min() < eyes.max() < nose_tip < mouth.min() < mouth.max() < chin


def test_the_right_eye_of_the_person_is_on_the_left_of_the_picture():
    x = landmarks()[:, 0]
    assert x[36:42].max() < 0.5 < x[42:48].min()


def test_the_template_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        landmarks()[0, 0] = 0.5


def test_softening_spreads_a_point_over_three_and_a_half_percent_of_the_face():
    point = np.zeros((201, 201), dtype=np.float32)
    point[100, 100] = 1
    soft = soften(point)
    places = (np.arange(201) - 100) / 201
    spread = np.sqrt(soft.sum(axis=0) @ places**2)
    face_width = landmarks()[16, 0] - landmarks()[0, 0]
    assert soft.sum() == pytest.approx(1)
    assert spread == pytest.approx(0.035 * face_width, rel=0.01)
    np.testing.assert_allclose(soft, soft.T)


def test_softening_a_flat_map_changes_nothing():
    np.testing.assert_allclose(soften(np.full((48, 48), 0.3)), 0.3)
