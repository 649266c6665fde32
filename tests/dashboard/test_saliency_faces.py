"""The Saliency page: one face after the other, explained by the inference process."""

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.errors import InferenceError
from core.workspace import Workspace
from dashboard.components.saliency_maps import one_face

OpenPage = Callable[..., AppTest]


def text(page: AppTest) -> str:
    return " ".join(one.value for one in [*page.markdown, *page.caption, *page.info])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The questions to the inference process, which answers the same for every face."""
    questions: list[tuple] = []

    def explain(_workspace, run_id, faces, targets, method):
        questions.append((run_id, faces.image_ids.tolist(), targets.tolist(), method))
        return np.ones((len(faces), 128, 128), dtype=np.float32)

    monkeypatch.setattr(one_face, "classify", lambda *_: np.full((1, 7), 1 / 7, np.float32))
    monkeypatch.setattr(one_face, "explain", explain)
    return questions


def test_one_face_is_explained_and_the_next_is_a_press_away(
    open_page: OpenPage, filled: Workspace, drawn: list[dict], asked: list[tuple]
):
    page = open_page("saliency", saliency_part="face", saliency_face_outcome="right")
    assert "Face 1 of" in text(page)
    (first,) = asked[0][1][:1]
    assert drawn[-1]["columns"][0]["note"] == "no landmarks yet"
    assert drawn[-1]["columns"][1]["note"].startswith("Grad-CAM, its label and what the run says")
    page.button("saliency_face_next").click().run()
    assert "Face 2 of" in text(page)
    assert asked[1][1][0] != first
    page.button("saliency_face_previous").click().run()
    assert len(asked) == 2  # known already


def test_a_wrong_face_is_explained_for_its_label_and_for_what_was_said(
    open_page: OpenPage, filled: Workspace, drawn: list[dict], asked: list[tuple]
):
    page = open_page("saliency", saliency_part="face")
    page.button_group("saliency_face_outcome").set_value("Wrong").run()
    assert len(drawn[-1]["columns"]) == 3
    assert len(asked[-1][2]) == 2


def test_an_image_that_is_not_among_the_faces_is_named(
    open_page: OpenPage, filled: Workspace, drawn: list[dict], asked: list[tuple]
):
    page = open_page("saliency", saliency_part="face", face="99999")
    assert "Image 99999 is not among these faces" in text(page)


def test_a_network_that_does_not_answer_is_one_sentence(
    open_page: OpenPage, filled: Workspace, monkeypatch: pytest.MonkeyPatch
):
    def classify(*_: object) -> None:
        raise InferenceError("The inference process has not answered within 60 s.")

    monkeypatch.setattr(one_face, "classify", classify)
    page = open_page("saliency", saliency_part="face")
    assert [one.value for one in page.error] == [
        "The inference process has not answered within 60 s."
    ]
    assert not page.exception
