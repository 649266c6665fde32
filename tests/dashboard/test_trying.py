"""The Try a face page, with a network that a test stands in for."""

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.errors import InferenceError
from core.jobs import inference
from core.services import datasets
from core.services.curation import history
from core.workspace import Workspace
from dashboard.components.trying import shots
from db.enums import EMOTIONS, Emotion, EventKind


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """A network that takes every face for fear and looks at its upper half; what it was asked."""
    asked: list[np.ndarray] = []

    def classify(_workspace, _run, faces):
        odds = np.full((len(faces), 7), 0.05, dtype=np.float32)
        odds[:, EMOTIONS.index(Emotion.FEAR)] = 0.7
        return odds

    def explain(_workspace, _run, faces, targets, _method):
        asked.append(targets)
        looks = np.zeros((len(faces), 48, 48), dtype=np.float32)
        looks[:, :24] = 1
        return looks

    monkeypatch.setattr(inference, "classify", classify)
    monkeypatch.setattr(inference, "explain", explain)
    return asked


def shown(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption),
                      *(h.value for h in page.get("html"))])  # fmt: skip


@pytest.fixture
def upload(monkeypatch: pytest.MonkeyPatch):
    """Return a function that uploads files as (name, bytes)."""

    def choose(*files: tuple[str, bytes]) -> None:
        monkeypatch.setattr(shots, "_uploads", lambda: list(files))

    return choose


BLANK = cv2.imencode(".png", np.full((60, 80), 99, dtype=np.uint8))[1].tobytes()


def test_without_a_finished_run_the_page_leads_to_experiments(open_page, add_faces):
    add_faces([("train", "happy", 1)])
    assert "no trained network" in shown(open_page("try_face"))


def test_a_test_face_is_judged_with_its_odds_and_where_the_network_looks(
    open_page, filled: Workspace, network
):
    page = open_page("try_face", try_from=shots.TEST_FACE)
    text = shown(page)
    assert "labeled" in text
    assert "fear" in text
    assert "70.0 %" in text
    assert "What speaks for fear" in text
    assert network[-1].tolist() == [EMOTIONS.index(Emotion.FEAR)]
    assert "Keep this face" not in text


def test_another_test_face_is_drawn_by_lot_and_another_emotion_can_be_asked_for(
    open_page, filled: Workspace, network
):
    page = open_page("try_face", try_from=shots.TEST_FACE)
    page.button(key="try_another").click().run()
    page.selectbox(key="try_target").set_value(Emotion.SAD).run()
    assert network[-1].tolist() == [EMOTIONS.index(Emotion.SAD)]
    assert "What speaks for sad" in shown(page)
    assert not page.exception


def test_an_image_that_is_not_there_is_one_sentence(open_page, filled: Workspace, network):
    page = open_page("try_face", try_from=shots.TEST_FACE)
    page.number_input(key="try_image").set_value(99_999).run()
    assert "There is no image 99999" in page.error[0].value


def test_each_face_of_a_picture_is_judged(open_page, filled: Workspace, network, upload, two_faces):
    upload(("two.png", two_faces))
    text = shown(open_page("try_face"))
    assert "2 faces in two.png" in text
    assert "**Face 1**: fear" in text
    assert "**Face 2**: fear" in text


def test_where_no_face_is_found_the_whole_picture_is_offered(
    open_page, filled: Workspace, network, upload, two_faces
):
    upload(("blank.png", BLANK))
    page = open_page("try_face")
    assert "No face was found in blank.png" in page.info[0].value
    assert not network
    page.toggle[0].set_value(True).run()
    assert "**blank.png**: fear" in shown(page)


def test_a_broken_file_is_one_sentence_and_the_others_are_tried(
    open_page, filled: Workspace, network, upload, two_faces
):
    upload(("broken.png", b"nothing"), ("two.png", two_faces))
    page = open_page("try_face")
    assert page.error[0].value.startswith("broken.png: Not a picture that can be read")
    assert "**Face 2**: fear" in shown(page)


def test_a_face_is_stored_only_when_it_is_kept(
    open_page, filled: Workspace, network, upload, two_faces
):
    upload(("two.png", two_faces))
    page = open_page("try_face")
    dataset = datasets.find_dataset(filled, "faces")
    before = len(history(filled, dataset.id))
    labels = [box for box in page.selectbox if box.label == "Label"]
    labels[0].set_value(Emotion.HAPPY).run()
    assert len(history(filled, dataset.id)) == before
    next(button for button in page.button if button.label == "Add to the data set").click().run()
    event = history(filled, dataset.id)[0]
    assert (event.new, event.annotator, event.kind) == ("happy", "me", EventKind.CONFIRM)
    assert f"Kept as image {event.image_id}" in shown(page)
    next(button for button in page.button if button.label == "Add to the data set").click().run()
    assert len(history(filled, dataset.id)) == before + 1
    assert "the same picture is image" in shown(page)


def test_a_network_that_cannot_be_asked_is_one_sentence(open_page, filled: Workspace, monkeypatch):
    def refuse(*_):
        raise InferenceError("The inference process is away; try again.")

    monkeypatch.setattr(inference, "classify", refuse)
    page = open_page("try_face", try_from=shots.TEST_FACE)
    assert page.error[0].value == "The inference process is away; try again."
    assert not page.exception
