import cv2
import numpy as np
import pytest
import torch
from sqlalchemy import select

from core.configs import TrainConfig
from core.errors import CheckpointError, JobCancelledError
from core.images.landmarks import packed, template
from core.jobs import transitions
from core.jobs.context import JobContext
from core.jobs.handlers.saliency import handle, sample
from core.maps.run_maps import read_run_maps
from core.ml.evaluation import load, probabilities
from core.ml.models import build, untrained
from core.services.experiments import enqueue_training, find_run
from core.services.jobs import enqueue, find_job, request_cancel
from core.services.saliency import enqueue_saliency, maps_path
from core.services.versions import face_set, freeze
from db.enums import EMOTIONS, JobKind, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.models import ImageBlob, ImageLandmarks, Job


@pytest.fixture
def run(workspace, add_faces):
    """A run of `fast` under the mouth mask with random weights; three test faces an emotion."""
    kinds = [(split, emotion) for split in (Split.TRAIN, Split.VALIDATION) for emotion in EMOTIONS]
    add_faces([(*kind, shade) for shade, kind in enumerate(kinds * 3)])
    rng = np.random.default_rng(0)
    with workspace.writing() as session:
        for blob in session.scalars(select(ImageBlob)):  # flat faces would have no gradient
            noise = rng.integers(0, 256, (48, 48), dtype=np.uint8)
            blob.content = cv2.imencode(".png", noise)[1].tobytes()
    digest = freeze(workspace, "faces").digest
    run = enqueue_training(workspace, version=digest, model=ModelName.FAST, mask=Mask.MOUTH)
    with workspace.writing() as session:
        session.get(Job, run.job_id).status = JobStatus.DONE
    torch.manual_seed(1)  # not what the run's own seed gives
    weights = build(TrainConfig.from_json(run.config)).state_dict()
    workspace.run_dir(run.id).mkdir(parents=True)
    torch.save(weights, workspace.run_dir(run.id) / "model.pt")
    return find_run(workspace, run.id)


@pytest.fixture
def context(workspace, run):
    """The claimed job that computes the run's gradient maps."""
    enqueue_saliency(workspace, run.id, SaliencyMethod.GRADIENT)
    return JobContext(workspace, transitions.claim(workspace, "test"))


def result(workspace, run):
    return read_run_maps(maps_path(workspace, run.id, SaliencyMethod.GRADIENT))


def test_the_job_leaves_a_density_of_every_test_image(workspace, run, context):
    handle(context)
    found = result(workspace, run)
    assert list(np.bincount(found.labels)) == [3] * 7
    faces = face_set(workspace, run.version_id)
    tested = faces.image_ids[faces.splits == Split.VALIDATION.value]
    np.testing.assert_array_equal(np.sort(found.image_ids), np.sort(tested))
    assert list(found.cells) == [48, 48]
    for maps in (found.maps, found.untrained):
        assert maps.dtype == np.float16
        np.testing.assert_allclose(maps.mean(axis=(1, 2), dtype=np.float64), 1, atol=1e-3)
    assert not np.array_equal(found.maps, found.untrained)


def test_what_the_mask_covers_is_grey_in_the_face_and_nothing_in_the_map(workspace, run, context):
    handle(context)
    found = result(workspace, run)
    assert (found.faces[:, 24:] == 128).all()
    assert np.ptp(found.faces[:, :24]) > 100
    assert found.maps[:, 24:].max() == found.untrained[:, 24:].max() == 0


def test_the_predicted_classes_are_those_of_the_run_under_its_mask(workspace, run, context):
    handle(context)
    found = result(workspace, run)
    config = TrainConfig.from_json(run.config)
    faces = face_set(workspace, run.version_id)
    of_image = {image: place for place, image in enumerate(faces.image_ids)}
    asked = faces.at(np.array([of_image[image] for image in found.image_ids]))
    model = load(workspace.run_dir(run.id), config)
    expected = probabilities(model, asked, config, mask=Mask.MOUTH).argmax(axis=1)
    np.testing.assert_array_equal(found.predicted, expected)


def test_a_network_with_the_weights_it_began_with_looks_where_the_untrained_one_does(
    workspace, run, context
):
    config = TrainConfig.from_json(run.config)
    torch.save(untrained(config).state_dict(), workspace.run_dir(run.id) / "model.pt")
    handle(context)
    found = result(workspace, run)
    np.testing.assert_array_equal(found.maps, found.untrained)


def test_detected_faces_are_aligned_by_their_landmarks_and_others_by_the_template(
    workspace, run, context
):
    faces = face_set(workspace, run.version_id)
    moved = template() + np.array([0.0, 0.125])  # six pixels down
    with workspace.writing() as session:
        rows = [
            (int(image), packed(moved.astype(np.float32)), image % 2 == 0)
            for image in faces.image_ids
        ]
        for image, points, is_detected in rows:
            session.add(ImageLandmarks(image_id=image, points=points, is_detected=is_detected))
    handle(context)
    found = result(workspace, run)
    np.testing.assert_array_equal(found.is_detected, found.image_ids % 2 == 0)
    assert (found.faces[found.is_detected, 18:24] == 128).all()  # the mask, six pixels up
    assert np.ptp(found.faces[~found.is_detected, 18:24]) > 100


def test_the_payload_can_ask_for_fewer_images(workspace, run):
    enqueue(workspace, JobKind.SALIENCY, {"run": run.id, "method": "gradient", "images": 2})
    handle(JobContext(workspace, transitions.claim(workspace, "test")))
    assert list(np.bincount(result(workspace, run).labels)) == [2] * 7


def test_doing_it_again_gives_the_same_maps(workspace, run, context):
    handle(context)
    first = result(workspace, run)
    handle(context)
    again = result(workspace, run)
    np.testing.assert_array_equal(first.maps, again.maps)
    np.testing.assert_array_equal(first.untrained, again.untrained)


def test_progress_is_told_to_the_end(workspace, context):
    handle(context)
    job = find_job(workspace, context.job.id)
    assert job.progress == 1
    assert job.message == "Computed 42 of 42 maps"


def test_a_cancelled_job_stops_and_leaves_no_file(workspace, run, context):
    request_cancel(workspace, context.job.id)
    with pytest.raises(JobCancelledError):
        handle(context)
    assert not maps_path(workspace, run.id, SaliencyMethod.GRADIENT).exists()


def test_a_run_without_weights_is_an_error(workspace, run, context):
    (workspace.run_dir(run.id) / "model.pt").unlink()
    with pytest.raises(CheckpointError):
        handle(context)


def test_a_sample_takes_at_most_so_many_of_each_emotion():
    labels = np.array([0] * 50 + [3] * 5)
    chosen = sample(labels, per_emotion=10, seed=0)
    assert list(np.bincount(labels[chosen])) == [10, 0, 0, 5]
    assert list(chosen) == sorted(set(chosen))
    np.testing.assert_array_equal(chosen, sample(labels, per_emotion=10, seed=0))
    assert not np.array_equal(chosen, sample(labels, per_emotion=10, seed=1))
