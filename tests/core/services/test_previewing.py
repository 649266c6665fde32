"""Faces to preview are those that a version would hold."""

import numpy as np
import pytest

from core.images.encoding import encode
from core.images.landmarks import stand_in
from core.services import landmarks
from core.services.importing import import_records
from core.services.previewing import sample_faces
from core.services.versions import face_set, freeze
from core.sources.records import SourceRecord
from db.enums import EMOTIONS, Split


@pytest.fixture
def dataset_id(workspace):
    """Two noisy faces of each emotion, most 64 px, some larger, smaller or not square."""
    rng = np.random.default_rng(0)
    shapes = [(64, 64), (64, 64), (90, 90), (48, 48), (64, 50)]
    records = []
    for number in range(14):
        pixels = rng.integers(0, 256, shapes[number % 5], dtype=np.uint8)
        path = f"train/{EMOTIONS[number % 7]}/{number}.png"
        records.append(SourceRecord(path, path, Split.TRAIN, EMOTIONS[number % 7], encode(pixels)))
    import_records(workspace, records, name="mixed")
    return landmarks.find_dataset(workspace, "mixed").id


def test_the_samples_are_the_first_of_each_emotion_as_a_version_holds_them(workspace, dataset_id):
    landmarks.record_landmarks(workspace, list(range(1, 15)), [stand_in()] * 14)
    samples = sample_faces(workspace, dataset_id)
    faces = face_set(workspace, freeze(workspace, "mixed").id)
    assert samples.pixels.shape == (7, 64, 64)
    assert list(samples.labels) == list(range(7))
    places = np.flatnonzero(np.isin(faces.image_ids, samples.image_ids))
    kept = faces.at(places)
    assert np.array_equal(kept.image_ids, samples.image_ids)
    assert np.array_equal(kept.pixels, samples.pixels)
    assert np.array_equal(kept.landmarks, samples.landmarks)


def test_samples_have_landmarks_only_where_all_of_them_do(workspace, dataset_id):
    landmarks.record_landmarks(workspace, [1, 2, 3], [stand_in()] * 3)
    assert sample_faces(workspace, dataset_id).landmarks is None


def test_a_set_without_kept_faces_has_no_samples(workspace, add_faces):
    assert len(sample_faces(workspace, add_faces([], name="empty"))) == 0
