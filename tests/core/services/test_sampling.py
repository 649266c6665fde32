from collections import Counter

import cv2
import numpy as np
import pytest

from core.errors import ConfigError
from core.images.drawing.faults import fault_counts
from core.images.drawing.sample import draw_sample
from core.services import datasets, sampling
from db.enums import Emotion, Fault, Split
from db.models import Image

N = 50


@pytest.fixture
def drawn(workspace):
    """A workspace with a small sample."""
    sampling.make_sample(workspace, n_images=N, seed=3)
    return workspace


def dataset_id(workspace):
    return datasets.find_dataset(workspace, "sample").id


def test_a_sample_has_as_many_images_as_asked_for(workspace):
    report = sampling.make_sample(workspace, n_images=N, seed=3)
    assert (report.added, report.already, report.refused) == (N, 0, ())


def test_the_same_sample_again_adds_nothing(drawn):
    revision = datasets.find_dataset(drawn, "sample").revision
    report = sampling.make_sample(drawn, n_images=N, seed=3)
    assert (report.added, report.already) == (0, N)
    assert len(sampling.truths(drawn, dataset_id(drawn))) == N
    assert datasets.find_dataset(drawn, "sample").revision == revision


def test_the_truth_of_every_image_is_stored(drawn):
    truths = sampling.truths(drawn, dataset_id(drawn))
    found = Counter(truth.fault for truth in truths)
    assert found == {**fault_counts(N), Fault.NONE: N - sum(fault_counts(N).values())}
    paths = {truth.source_path for truth in truths}
    assert {truth.copy_of for truth in truths} - {None} <= paths


def test_stored_files_are_the_drawn_pictures(drawn):
    truths = sampling.truths(drawn, dataset_id(drawn))
    blobs = datasets.blobs(drawn, [truth.image_id for truth in truths])
    pictures = {face.path: face.pixels for face in draw_sample(N, seed=3)}
    for truth in truths:
        content = np.frombuffer(blobs[truth.image_id], np.uint8)
        stored = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
        assert np.array_equal(stored, pictures[truth.source_path])


def test_another_sample_does_not_mix_with_the_first(drawn):
    with pytest.raises(ConfigError, match="'sample' already holds other images"):
        sampling.make_sample(drawn, n_images=N, seed=4)


def test_progress_is_told_while_drawing(workspace):
    told = []
    sampling.make_sample(workspace, n_images=N, seed=3, on_progress=told.append)
    assert [(progress.done, progress.total) for progress in told] == [(20, N), (40, N), (50, N)]


def test_too_small_a_sample_is_refused_before_anything_is_stored(workspace):
    with pytest.raises(ConfigError, match="ask for 50 to 100000"):
        sampling.make_sample(workspace, n_images=10)
    assert datasets.datasets(workspace) == []


def test_real_data_sets_have_no_truth(workspace, add_faces):
    number = add_faces([("train", "happy", 100)])
    assert sampling.truths(workspace, number) == []


def test_an_interrupted_sample_is_completed_with_its_truth(workspace):
    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sampling.make_sample(workspace, n_images=N, seed=3, on_progress=interrupt)
    report = sampling.make_sample(workspace, n_images=N, seed=3)
    assert report.added == N
    assert len(sampling.truths(workspace, dataset_id(workspace))) == N


def test_a_set_is_drawn_while_all_its_faces_are(drawn, add_faces):
    assert sampling.is_drawn(drawn, dataset_id(drawn))
    assert not sampling.is_drawn(drawn, add_faces([(Split.TRAIN, Emotion.SAD, 10)], "real"))
    with drawn.writing() as session:
        session.get(Image, 1 + N).dataset_id = dataset_id(drawn)
    assert not sampling.is_drawn(drawn, dataset_id(drawn))
    assert not sampling.is_drawn(drawn, add_faces([], "empty"))
