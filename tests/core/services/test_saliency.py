import json
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from core.errors import NotReadyError, UnknownRunError
from core.maps.anatomy import du2014
from core.maps.run_maps import MAP_SIDE, RunMaps
from core.services.experiments import enqueue_training
from core.services.jobs import jobs
from core.services.saliency import (
    enqueue_saliency,
    human_map_notes,
    record_run_maps,
    result_document,
    saliency_result,
)
from core.services.versions import freeze
from db.enums import EMOTIONS, Emotion, JobKind, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.models import Job

GRAD_CAM = SaliencyMethod.GRAD_CAM


@pytest.fixture
def run_id(workspace, add_faces):
    """A run whose job is done."""
    add_faces([(Split.TRAIN, Emotion.HAPPY, 1), (Split.VALIDATION, Emotion.SAD, 2)])
    digest = freeze(workspace, "faces").digest
    run = enqueue_training(workspace, version=digest, model=ModelName.FAST, mask=Mask.NONE)
    set_status(workspace, run.job_id, JobStatus.DONE)
    return run.id


def set_status(workspace, job_id, status):
    with workspace.writing() as session:
        job = session.get(Job, job_id)
        job.status, job.finished_at = status, datetime.now(UTC)


def drawn(per_emotion=4):
    """Each image's map is the human one; for angry its opposite; for the rest there is nothing."""
    labels = np.repeat(np.arange(7), per_emotion)
    maps = np.zeros((len(labels), MAP_SIDE, MAP_SIDE), dtype=np.float16)
    for index, emotion in enumerate(EMOTIONS):
        if emotion not in (Emotion.NEUTRAL, Emotion.SURPRISE):
            human = cv2.resize(du2014().distribution(emotion), (MAP_SIDE, MAP_SIDE))
            shown = human.max() - human if emotion is Emotion.ANGRY else human
            maps[labels == index] = shown / shown.mean()
    maps[labels == EMOTIONS.index(Emotion.NEUTRAL)] = 1
    return RunMaps(
        image_ids=np.arange(len(labels)),
        labels=labels,
        predicted=labels,
        is_detected=np.ones(len(labels), dtype=np.bool_),
        faces=np.full(maps.shape, 100, dtype=np.uint8),
        maps=maps,
        untrained=maps,
        cells=np.array([6, 6]),
    )


def test_maps_that_were_not_computed_are_asked_for_by_command(workspace, run_id):
    with pytest.raises(NotReadyError, match=f"feelingit saliency {run_id} --method grad_cam"):
        saliency_result(workspace, run_id, GRAD_CAM)


def test_a_missing_run_is_named(workspace):
    for ask in (saliency_result, enqueue_saliency, result_document):
        with pytest.raises(UnknownRunError, match="no run '7'"):
            ask(workspace, 7, GRAD_CAM)


def test_queueing_twice_gives_one_job_for_each_method(workspace, run_id):
    first = enqueue_saliency(workspace, run_id, GRAD_CAM)
    assert first.kind is JobKind.SALIENCY
    assert first.payload == {"run": run_id, "method": "grad_cam"}
    assert enqueue_saliency(workspace, run_id, GRAD_CAM).id == first.id
    assert enqueue_saliency(workspace, run_id, SaliencyMethod.GRADIENT).id != first.id
    set_status(workspace, first.id, JobStatus.FAILED)
    assert enqueue_saliency(workspace, run_id, GRAD_CAM).id > first.id


def test_maps_on_their_way_name_their_job(workspace, run_id):
    job = enqueue_saliency(workspace, run_id, GRAD_CAM)
    with pytest.raises(NotReadyError, match=f"on their way: job {job.id}"):
        saliency_result(workspace, run_id, GRAD_CAM)


def test_a_run_that_still_trains_has_nothing_to_show(workspace, run_id):
    set_status(workspace, jobs(workspace)[0].id, JobStatus.RUNNING)
    with pytest.raises(NotReadyError, match="need a finished training"):
        enqueue_saliency(workspace, run_id, GRAD_CAM)


def test_each_emotion_is_scored_against_its_own_human_map(workspace, run_id):
    record_run_maps(workspace, run_id, GRAD_CAM, drawn())
    found = saliency_result(workspace, run_id, GRAD_CAM)
    assert list(found.by_emotion) == list(EMOTIONS)
    assert found.cells == (6, 6)
    scores = {emotion: entry.correlation for emotion, entry in found.by_emotion.items()}
    assert scores[Emotion.HAPPY] > 0.9  # not 1: the run's map is softened, the human one was before
    assert scores[Emotion.ANGRY] < -0.9
    known = [score for score in scores.values() if score is not None]
    assert len(known) == 5
    assert found.mean_correlation == pytest.approx(sum(known) / 5)


def test_a_pixel_grid_over_the_right_place_still_correlates(workspace, run_id):
    spotted = drawn()
    spotted.maps[:, ::2, ::2] = 0
    record_run_maps(workspace, run_id, GRAD_CAM, spotted)
    assert saliency_result(workspace, run_id, GRAD_CAM).by_emotion[Emotion.HAPPY].correlation > 0.9


def test_what_cannot_be_scored_has_no_score(workspace, run_id):
    record_run_maps(workspace, run_id, GRAD_CAM, drawn())
    found = saliency_result(workspace, run_id, GRAD_CAM).by_emotion
    assert found[Emotion.NEUTRAL].human_map is None
    assert found[Emotion.NEUTRAL].correlation is None
    assert found[Emotion.SURPRISE].human_map is not None
    assert found[Emotion.SURPRISE].correlation is None
    assert (found[Emotion.SURPRISE].n, found[Emotion.SURPRISE].n_empty) == (0, 4)


def test_every_image_counts_and_those_without_a_map_are_counted_apart(workspace, run_id):
    found = drawn()
    found.maps[0] = 0
    found.faces[0] = 140
    record_run_maps(workspace, run_id, GRAD_CAM, found)
    angry = saliency_result(workspace, run_id, GRAD_CAM).by_emotion[Emotion.ANGRY]
    assert (angry.n, angry.n_empty) == (3, 1)
    assert angry.mean_map.sum() == pytest.approx(1)
    assert angry.mean_face.mean() == pytest.approx((3 * 100 + 140) / 4)


def test_the_document_is_plain_json_without_nan(workspace, run_id):
    record_run_maps(workspace, run_id, GRAD_CAM, drawn())
    document = json.loads(json.dumps(result_document(workspace, run_id, GRAD_CAM), allow_nan=False))
    assert document["run"] == run_id
    assert document["method"] == "grad_cam"
    assert document["cells"] == [6, 6]
    assert document["n"] == 24
    assert document["scores"]["fear"]["n"] == 4
    assert document["scores"]["neutral"] == {"correlation": None, "similarity": None, "n": 4}
    assert document["mean_correlation"] == pytest.approx(0.6, abs=0.1)  # (4 - 1) / 5, softened
    assert document["source"].startswith("AU-prevalence map after Du")


def test_the_notes_say_whose_maps_these_are_not():
    source, limits = human_map_notes()
    assert "Du, Tao & Martinez 2014" in source
    assert "Liu et al. 2022" in limits
    assert "not reproduced here" in limits
