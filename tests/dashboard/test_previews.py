"""The page shows every mask as training feeds it, and how the landmarks stand."""

import cv2
import numpy as np
import pytest
import torch

from core.images.landmarks import Located, template
from core.images.masks import FAMILIES, needs_landmarks
from core.ml.batches import masked_faces, network_input
from core.services import jobs, landmarks
from core.services.datasets import find_dataset
from core.services.previewing import sample_faces
from core.services.versions import face_set, freeze
from dashboard.components import previews
from dashboard.format import MASK_NAMES
from db.enums import JobKind, Mask

CPU = torch.device("cpu")
SHOWN = [Mask.NONE, *(mask for family in FAMILIES.values() for mask in family)]


def compute_landmarks(workspace, dataset_id):
    """Give every face its own landmarks, every fourth of them as not detected."""
    ids = landmarks.pending(workspace, dataset_id)
    rng = np.random.default_rng(0)
    found = [
        Located((template() + rng.normal(0, 0.03, (1, 2))).astype(np.float32), number % 4 != 0)
        for number in range(len(ids))
    ]
    landmarks.record_landmarks(workspace, ids, found)


@pytest.fixture
def dataset_id(filled):
    return find_dataset(filled, "faces").id


def html(page):
    return " ".join(str(element.proto.body) for element in page.get("html"))


def words(page):
    return " ".join(str(part.value) for part in [*page.caption, *page.info])


def test_every_mask_that_can_be_tested_is_shown():
    assert set(SHOWN) == set(Mask) - {Mask.RANDOM}


@pytest.mark.parametrize("mask", SHOWN)
def test_the_preview_has_the_very_pixels_that_training_feeds(mask, filled, dataset_id):
    compute_landmarks(filled, dataset_id)
    samples = sample_faces(filled, dataset_id)
    files = previews.pictures(samples, mask)
    seen = [cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED) for file in files]
    faces = face_set(filled, freeze(filled, "faces").id)
    places = np.flatnonzero(np.isin(faces.image_ids, samples.image_ids))
    fed = masked_faces(faces, places, mask, CPU).pixels
    assert np.array_equal(np.stack(seen), fed.numpy())
    inputs = network_input(fed, faces.pixels.shape[2])  # at a run's image size of 48
    assert np.array_equal(np.round(inputs[:, 0].numpy() * 255), np.stack(seen))


@pytest.mark.parametrize("family", list(FAMILIES))
def test_each_family_shows_its_masks_on_a_face_of_each_emotion(
    family, open_page, filled, dataset_id
):
    compute_landmarks(filled, dataset_id)
    page = open_page("experiments")
    page.button_group("previews_family").set_value(family).run()
    assert not page.exception
    for mask in FAMILIES[family]:
        assert html(page).count(f', {MASK_NAMES[mask].lower()}"') == 7


def test_missing_landmarks_are_said_and_found_at_a_press(
    open_page, filled, dataset_id, monkeypatch
):
    started = []
    monkeypatch.setattr("dashboard.components.landmarks.ensure_supervisor", started.append)
    page = open_page("experiments")
    page.button_group("previews_family").set_value("landmark").run()
    assert "faces have no landmarks yet" in words(page)
    assert MASK_NAMES[Mask.LM_EYES].lower() not in html(page)
    page.button("previews_find").click().run()
    kinds = [job.kind for job in jobs.unfinished(filled)]
    assert JobKind.LANDMARKS in kinds
    assert len(started) == 1
    assert "Landmarks: waiting for their turn" in words(page)


def test_detection_is_shown_for_each_emotion_and_drawn_on_the_faces(open_page, filled, dataset_id):
    compute_landmarks(filled, dataset_id)
    page = open_page("experiments")
    page.button_group("previews_family").set_value("landmark").run()
    total = landmarks.coverage(filled, dataset_id).total
    assert f"detected in {100 * total.share:.1f} %" in words(page)
    assert "svg+xml" not in html(page)
    page.checkbox("previews_landmarks").check().run()
    assert html(page).count("data:image/svg+xml") == 7


def test_bands_need_no_landmarks(open_page, filled):
    page = open_page("experiments")
    assert "landmarks" not in words(page)
    assert not any(needs_landmarks(mask) for mask in FAMILIES["bands"])
