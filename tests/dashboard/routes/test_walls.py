"""The grid's route: a page of a queue and one picture of its faces, in one answer."""

import json
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.services import access, curation, datasets, tagging
from core.services.access import Scope
from core.workspace import Workspace
from dashboard.routes import guarding
from dashboard.routes.walls import ROUTES
from db.enums import Emotion

SITE = "http://faces.test"


@pytest.fixture
def client(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(guarding, "workspace", lambda: filled)
    permission = access.issue(
        filled, Scope.LABEL, annotator="ada", now=datetime.now(UTC),
        dataset_id=datasets.find_dataset(filled, "faces").id,
    )  # fmt: skip
    headers = {"origin": SITE, "x-feelingit-permission": permission}
    return TestClient(Starlette(routes=ROUTES), base_url=SITE, headers=headers)


def page(client: TestClient, **body: Any) -> tuple[dict[str, Any], NDArray[np.uint8]]:
    content = client.post("/api/grid/page", json={"queue": {}, **body}).content
    length = int.from_bytes(content[:4])
    picture = cv2.imdecode(np.frombuffer(content[4 + length :], np.uint8), cv2.IMREAD_GRAYSCALE)
    return json.loads(content[4 : 4 + length]), np.asarray(picture, dtype=np.uint8)


def test_a_page_has_its_faces_and_one_picture_of_them(client, filled):
    found, picture = page(client)
    assert (found["page"], found["total"], len(found["faces"])) == (1, 56, 56)
    assert picture.shape == (3 * 48, 20 * 48)
    second = curation.find_image(filled, found["faces"][1]["id"])
    assert second.label.value == found["faces"][1]["label"]


def test_a_page_shows_labels_tags_and_drops_of_this_moment(client, filled):
    curation.label(filled, 1, Emotion.FEAR, annotator="ada")
    curation.drop(filled, 2, annotator="ada", reason="not a face")
    tagging.set_tags(filled, [1], "glasses", True, annotator="ada")
    first, second = page(client, queue={"state": "any"})[0]["faces"][:2]
    assert first == {"id": 1, "label": "fear", "dropped": False, "tags": ["glasses"]}
    assert second["dropped"]


def test_a_filter_is_counted_anew_after_a_change(client, filled):
    before = page(client, queue={"emotion": "fear"})[0]["total"]
    curation.label(filled, 1, Emotion.FEAR, annotator="ada")
    assert page(client, queue={"emotion": "fear"})[0]["total"] == before + 1


def test_a_page_behind_the_last_is_the_last(client):
    assert page(client, page=99)[0]["page"] == 1


def test_a_queue_of_nothing_is_an_empty_first_page(client):
    found, _ = page(client, queue={"tag": "glasses"})
    assert (found["page"], found["total"], found["faces"]) == (1, 0, [])


@pytest.mark.parametrize("body", [{"queue": {"split": "exam"}}, {"queue": 3}, {"page": -1}])
def test_what_makes_no_sense_is_refused_in_a_sentence(client, body):
    answer = client.post("/api/grid/page", json={"queue": {}, **body})
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
