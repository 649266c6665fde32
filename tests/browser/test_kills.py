"""Acknowledged presses outlive kill -9 of the server; `make bench` does it 20 times over."""

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from core.services import access, curation
from core.services.access import Scope
from core.workspace import Workspace

pytestmark = pytest.mark.browser

KILLS, PRESSES = 3, 100


def test_no_acknowledged_press_is_lost_when_the_server_is_killed(
    add_set: Callable[..., int], site_workspace: Workspace, server: Any
):
    dataset_id = add_set("killed", 20)
    permission = access.issue(
        site_workspace, Scope.LABEL, annotator="ada", dataset_id=dataset_id, now=datetime.now(UTC)
    )
    first = curation.next_image(site_workspace, dataset_id).id
    acknowledged: list[str] = []
    for _ in range(KILLS):
        for number in range(PRESSES):
            acknowledged.append(_press(server.address, permission, first + number % 20))
        server.kill()
        server.start()
    events = curation.history(site_workspace, dataset_id, limit=2 * KILLS * PRESSES)
    assert [event.batch for event in events[::-1]] == acknowledged


def _press(address: str, permission: str, image_id: int) -> str:
    press = {"id": uuid4().hex, "kind": "label", "image": image_id, "emotion": "sad"}
    request = urllib.request.Request(
        f"{address}/api/relabel/presses",
        json.dumps({"presses": [press]}).encode(),
        {"origin": address, "x-feelingit-permission": permission},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        (stored,) = json.load(answer)["answers"]
    assert stored["press"] == press["id"]
    return press["id"]
