"""Faces go into a file and come back; what is not such a file is refused by name."""

from dataclasses import fields, replace

import numpy as np
import pytest

from core.errors import FaceFileError
from core.images.face_files import read_faces, write_faces
from core.images.faces import FaceSet


def faces(n=3, side=4):
    return FaceSet(
        image_ids=np.arange(n) + 7,
        pixels=np.arange(n * side * side, dtype=np.uint8).reshape(n, side, side),
        labels=np.arange(n),
        splits=np.array(["train", "validation", "test"][:n]),
        groups=np.zeros(n, dtype=np.int64),
    )


@pytest.mark.parametrize("with_landmarks", [False, True])
def test_faces_come_back_as_they_were(tmp_path, with_landmarks):
    given = faces()
    if with_landmarks:
        points = np.random.default_rng(0).random((3, 68, 2), dtype=np.float32)
        given = replace(given, landmarks=points, landmarks_found=np.array([True, False, True]))
    write_faces(tmp_path / "faces.npz", given, version="abc")
    found, version = read_faces(tmp_path / "faces.npz")
    assert version == "abc"
    for field in fields(FaceSet):
        ours, theirs = getattr(found, field.name), getattr(given, field.name)
        assert (ours is None) == (theirs is None)
        if theirs is not None:
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)


def test_nothing_but_the_file_is_left(tmp_path):
    write_faces(tmp_path / "faces.npz", faces(), version="abc")
    assert [path.name for path in tmp_path.iterdir()] == ["faces.npz"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pixels": np.zeros((3, 4, 4))}, "pixels is float64"),
        ({"pixels": np.zeros((3, 4, 5), np.uint8)}, "not square"),
        ({"pixels": np.zeros((2, 4, 4), np.uint8)}, "pixels has shape"),
        ({"labels": np.array([0, 1, 7])}, "outside 0..6"),
        ({"splits": np.array([b"train"] * 3)}, "splits is"),
        ({"groups": np.array([{}, {}, {}])}, "cannot be read"),
    ],
)
def test_arrays_of_another_form_are_refused(tmp_path, changes, reason):
    path = tmp_path / "faces.npz"
    arrays = {field.name: getattr(faces(), field.name) for field in fields(FaceSet)}
    given = {name: array for name, array in (arrays | changes).items() if array is not None}
    np.savez(path, version=np.array("abc"), **given)
    with pytest.raises(FaceFileError, match=reason):
        read_faces(path)


def test_a_single_array_is_refused(tmp_path):
    np.save(tmp_path / "faces.npy", np.zeros(3))
    with pytest.raises(FaceFileError, match="cannot be read"):
        read_faces(tmp_path / "faces.npy")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a file", b"\x80\x04N."])
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "faces.npz"
    path.write_bytes(content)
    with pytest.raises(FaceFileError, match="cannot be read"):
        read_faces(path)
