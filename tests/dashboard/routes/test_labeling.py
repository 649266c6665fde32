"""The relabel page's routes: who gets in, what is stored, what comes back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.services import access, curation, datasets, issues
from core.services.access import Scope
from core.workspace import Workspace
from dashboard.routes import guarding
from dashboard.routes.labeling import ROUTES, kind_of
from db.enums import Emotion
from db.rows import NewIssue

SITE = "http://faces.test"
Client = Callable[..., TestClient]


def permission(workspace: Workspace, scope: Scope, annotator: str = "ada", name: str = "faces"):
    return access.issue(
        workspace, scope, annotator=annotator, now=datetime.now(UTC),
        dataset_id=datasets.find_dataset(workspace, name).id,
    )  # fmt: skip


@pytest.fixture
def client(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A browser on our own page, with the permission to label."""
    monkeypatch.setattr(guarding, "workspace", lambda: filled)
    headers = {
        "origin": SITE,
        "x-feelingit-permission": permission(filled, Scope.LABEL),
    }
    return TestClient(Starlette(routes=ROUTES), base_url=SITE, headers=headers)


def label(image_id: int = 1, emotion: str = "sad", **fields: Any) -> dict[str, Any]:
    return {"id": uuid4().hex, "kind": "label", "image": image_id, "emotion": emotion, **fields}


def send(client: TestClient, *presses: Any, **body: Any):
    return client.post("/api/relabel/presses", json={"presses": list(presses), **body})


def history(workspace: Workspace):
    return curation.history(workspace, datasets.find_dataset(workspace, "faces").id)


def test_a_press_is_stored_under_the_permissions_name(client, filled):
    answer = send(client, label()).json()["answers"][0]
    assert answer["face"]["label"] == "sad"
    (event,) = history(filled)
    assert (event.image_id, event.new, event.annotator) == (1, "sad", "ada")


def test_a_press_sent_twice_is_stored_once_with_one_answer(client, filled):
    sent = label()
    assert send(client, sent).json() == send(client, sent, sent).json() | {
        "answers": send(client, sent).json()["answers"]
    }
    assert len(history(filled)) == 1


def test_presses_are_stored_in_order_and_a_bad_one_keeps_none_back(client, filled):
    bad = label(999)
    answers = send(client, label(1), bad, label(2), "x").json()["answers"]
    assert [event.image_id for event in history(filled)[::-1]] == [1, 2]
    assert answers[1] == {
        "press": bad["id"],
        "error": "There is no image 999; it may belong to another workspace.",
    }
    assert "must be an object" in answers[3]["error"]


@pytest.mark.parametrize(
    "change",
    [{"kind": "own"}, {"emotion": "joy"}, {"image": "1"}, {"image": -1}, {"id": 7}, {"emotion": 3}],
)
def test_a_press_that_makes_no_sense_is_answered_with_a_sentence(client, filled, change):
    (answer,) = send(client, label(**change)).json()["answers"]
    assert answer["error"].endswith((".", "digits."))
    assert history(filled) == []


@pytest.mark.parametrize("token", ["", "x", "x.y", "ÿ"])
def test_without_a_permission_nothing_answers(client, filled, token):
    headers = {"x-feelingit-permission": token.encode()}
    for method, path in (
        ("POST", "presses"), ("POST", "queue"), ("GET", "details/1"), ("GET", "faces/1"),
    ):  # fmt: skip
        answer = client.request(method, f"/api/relabel/{path}", headers=headers, json={})
        assert answer.status_code == 401
        assert answer.json()["error"].endswith(".")
    assert history(filled) == []


def test_the_permission_to_look_does_not_label(client, filled):
    headers = {"x-feelingit-permission": permission(filled, Scope.LOOK)}
    body = {"presses": [label()]}
    assert client.post("/api/relabel/presses", json=body, headers=headers).status_code == 401


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://faces.test:81", ""])
def test_another_site_is_refused(client, filled, origin):
    body = {"presses": [label()]}
    answer = client.post("/api/relabel/presses", json=body, headers={"origin": origin})
    assert answer.status_code == 403
    assert history(filled) == []


def test_a_write_without_an_origin_is_refused(client, filled):
    del client.headers["origin"]
    assert send(client, label()).status_code == 403
    assert client.get("/api/relabel/details/1").status_code == 200
    foreign = {"sec-fetch-site": "cross-site"}
    assert client.get("/api/relabel/details/1", headers=foreign).status_code == 403


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"{", "no JSON"), (b"[]", "1 to 50"), (b'{"presses": []}', "1 to 50")],
)
def test_a_body_that_cannot_be_read_is_one_sentence(client, content, said):
    answer = client.post("/api/relabel/presses", content=content)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_a_large_body_and_too_many_presses_are_refused(client, filled):
    large = b" " * (guarding.LARGEST_BODY_BYTES + 1)
    assert client.post("/api/relabel/presses", content=large).status_code == 400
    assert send(client, *(label() for _ in range(51))).status_code == 400
    assert history(filled) == []


def test_the_queue_starts_at_a_face_and_goes_on_after_one(client):
    def ids(**ask: Any) -> list[int]:
        found = client.post("/api/relabel/queue", json={"queue": {}, "want": 3, **ask}).json()
        return [face["id"] for face in found["faces"]]

    assert ids() == [1, 2, 3]
    assert ids(after=3) == [4, 5, 6]
    assert ids(at=7) == [7, 8, 9, 10]
    assert ids(after=56) == []


def test_a_queue_that_there_cannot_be_is_one_sentence(client):
    answer = client.post("/api/relabel/queue", json={"queue": {"split": "exam"}})
    assert (answer.status_code, "'exam'" in answer.json()["error"]) == (400, True)
    assert client.post("/api/relabel/queue", json=[]).status_code == 400


def test_details_hold_what_a_run_predicted(client):
    predicted = client.get("/api/relabel/details/30?run=1").json()["prediction"]
    assert len(predicted["shares"]) == 7
    assert client.get("/api/relabel/details/1?run=1").json()["prediction"] is None
    assert client.get("/api/relabel/details/1?run=99").json()["error"].startswith("There is no run")
    assert client.get("/api/relabel/details/999").status_code == 404


def test_details_hold_the_score_of_a_label_and_what_the_face_was_taken_for(client, filled):
    assert client.get("/api/relabel/details/1").json()["issue"] is None
    job = issues.enqueue_issues(filled, "faces")
    found = [
        NewIssue(image_id=1, label=Emotion.ANGRY, suggested=Emotion.SAD, score=0.1),
        NewIssue(image_id=2, label=Emotion.ANGRY, suggested=Emotion.SAD, score=0.9),
    ]
    issues.record_issues(filled, 1, found, job_id=job.id)
    doubted, fitting = (client.get(f"/api/relabel/details/{n}").json()["issue"] for n in (1, 2))
    assert doubted == {"score": 0.1, "label": "Angry", "taken_for": "Sad", "doubted": True}
    assert (fitting["taken_for"], fitting["doubted"]) == ("Angry", False)
    assert client.get("/api/relabel/details/1?blind=true").json()["issue"] is None


def test_blind_answers_hold_nothing_that_anybody_said(client):
    send(client, label(30, "fear"))
    body = {"queue": {}, "at": 30, "want": 2, "blind": True}
    asked = client.post("/api/relabel/queue", json=body).text
    told = client.get("/api/relabel/details/30?run=1&blind=true").text
    pressed = send(client, label(30, kind="vote"), blind=True).text
    for text in (asked, told, pressed):
        assert not any(f'"{word}"' in text for word in ("label", "original", "path", "who"))
        assert '"prediction":{' not in text


def test_a_face_is_sent_as_what_its_bytes_are_and_kept_forever(client, filled):
    look = permission(filled, Scope.LOOK)
    headers = {"x-feelingit-permission": ""}
    answer = client.get(f"/api/relabel/faces/1?permission={look}", headers=headers)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == datasets.blobs(filled, [1])[1]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n..", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"BM....", "image/bmp"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", "application/octet-stream"),
        (b"<svg onload=alert(1)>", "application/octet-stream"),
        (b"<html>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_only_pictures_are_called_pictures(content: bytes, kind: str):
    assert kind_of(content) == kind
