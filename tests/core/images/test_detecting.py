"""Finding landmarks in drawn faces, where the extra `landmarks` is installed."""

from contextlib import closing

import cv2
import numpy as np
import pytest

from core.images import detecting
from core.images.drawing.planning import plan_sample
from core.images.drawing.sample import draw_face
from core.images.landmarks import template
from core.maps.canonical import mirrored
from db.enums import Fault


@pytest.fixture(scope="module")
def detector():
    pytest.importorskip("dlib", reason="the extra `landmarks` is not installed")
    with closing(detecting.Detector(n_threads=2)) as opened:
        yield opened


@pytest.fixture(scope="module")
def drawn():
    """Twenty drawn faces, each uint8, 48 px."""
    plan = [face for face in plan_sample(120, 0) if face.fault is Fault.NONE]
    return [draw_face(face, 0).pixels for face in plan[:20]]


def far_apart(one, other):
    """The mean distance of landmarks, as a share of the picture's side."""
    return np.linalg.norm(one.points - other, axis=1).mean()


def test_a_missing_extra_is_noticed(monkeypatch):
    monkeypatch.setattr(detecting, "find_spec", lambda name: None)
    assert not detecting.has_detector()
    with pytest.raises(ModuleNotFoundError, match="face_recognition_models"):
        detecting._models_dir()


def test_every_drawn_face_is_found_near_the_middle_of_its_picture(detector, drawn):
    found = detector.locate(drawn)
    assert all(one.is_detected for one in found)
    assert all(one.points.shape == (68, 2) for one in found)
    assert np.median([far_apart(one, template()) for one in found]) < 0.1


def test_a_picture_without_a_face_gets_likely_points_all_the_same(detector):
    flat = np.full((48, 48), 128, dtype=np.uint8)
    (one,) = detector.locate([flat])
    assert not one.is_detected
    assert far_apart(one, template()) < 0.2
    assert not np.array_equal(one.points, template().astype(np.float32))


def test_landmarks_are_shares_whatever_the_size_of_the_picture(detector, drawn):
    large = [cv2.resize(face, (96, 96), interpolation=cv2.INTER_CUBIC) for face in drawn[:6]]
    for one, other in zip(detector.locate(drawn[:6]), detector.locate(large), strict=True):
        assert far_apart(one, other.points) < 0.04


def test_a_wider_picture_has_landmarks_in_shares_of_its_own_width(detector, drawn):
    wide = [cv2.copyMakeBorder(face, 0, 0, 12, 12, cv2.BORDER_REPLICATE) for face in drawn[:6]]
    for one, other in zip(detector.locate(drawn[:6]), detector.locate(wide), strict=True):
        in_the_narrow_one = (other.points * [72, 48] - [12, 0]) / 48
        assert far_apart(one, in_the_narrow_one) < 0.05


def test_a_mirrored_face_has_mirrored_landmarks(detector, drawn):
    flipped = [face[:, ::-1].copy() for face in drawn[:8]]
    distances = [
        far_apart(one, mirrored(other.points))
        for one, other in zip(detector.locate(drawn[:8]), detector.locate(flipped), strict=True)
    ]
    assert np.median(distances) < 0.04


def test_the_order_and_the_company_of_faces_change_nothing(detector, drawn):
    together = detector.locate(drawn)
    backwards = detector.locate(drawn[::-1])[::-1]
    for one, other in zip(together, backwards, strict=True):
        assert np.array_equal(one.points, other.points)
