"""No press is lost: over reloads, a server that is down, lost answers and refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.services import curation, queues
from core.services.queue_specs import QueueKind, QueueSpec
from core.workspace import Workspace
from db.enums import Emotion, EventKind

pytestmark = pytest.mark.browser

OpenRelabel = Callable[..., Any]
AddSet = Callable[..., int]
Events = Callable[[int], list[tuple[int, EventKind, str]]]
Settle = Callable[[Page], None]


def test_undo_after_a_reload_goes_back_to_the_newest_press(
    open_relabel: OpenRelabel, add_set: AddSet, site_workspace: Workspace, settle: Settle
):
    add_set("undo-reload")
    relabel = open_relabel("dataset=undo-reload")
    relabel.press("6")
    relabel.expect_saved()
    relabel.page.reload()
    settle(relabel.page)
    relabel.expect_face(relabel.first + 1)
    relabel.press("u")
    relabel.expect_face(relabel.first)
    assert curation.find_image(site_workspace, relabel.first).label is Emotion.HAPPY
    relabel.press("u")
    expect(relabel.status).to_have_text("There is nothing of yours to undo here.")


def test_a_reload_goes_on_where_one_was_and_a_new_queue_starts_over(
    open_relabel: OpenRelabel, add_set: AddSet, settle: Settle, site_workspace: Workspace
):
    dataset_id = add_set("reload", 40)
    relabel = open_relabel("dataset=reload")
    for _ in range(5):
        relabel.press("x")
    relabel.page.wait_for_url(f"**face={relabel.first + 5}*")
    relabel.page.reload()
    settle(relabel.page)
    relabel.expect_face(relabel.first + 5)
    relabel.page.goto(relabel.page.url.replace(f"face={relabel.first + 5}", "queue=random&seed=3"))
    settle(relabel.page)
    shuffled = QueueSpec(kind=QueueKind.RANDOM, seed=3)
    relabel.expect_face(queues.page(site_workspace, dataset_id, shuffled)[0])


def test_presses_made_while_the_server_is_down_arrive_when_it_is_back(
    open_relabel: OpenRelabel, add_set: AddSet, server: Any, events: Events
):
    dataset_id = add_set("offline", 40)
    relabel = open_relabel("dataset=offline")
    relabel.expect_loaded(relabel.first + 4)
    server.kill()
    try:
        for _ in range(4):
            relabel.press("6")
        relabel.expect_face(relabel.first + 4)
        expect(relabel.status).to_have_text("Offline: 4 waiting")
    finally:
        server.start()
    relabel.expect_saved()
    assert [found[0] for found in events(dataset_id)] == [relabel.first + n for n in range(4)]


def test_presses_that_waited_when_the_page_was_closed_arrive_at_the_next_visit(
    open_relabel: OpenRelabel, add_set: AddSet, events: Events
):
    dataset_id = add_set("closed")
    relabel = open_relabel("dataset=closed")
    relabel.page.route("**/api/relabel/presses", lambda route: route.abort())
    relabel.press("6")
    expect(relabel.status).to_have_text("Offline: 1 waiting")
    relabel.page.unroute("**/api/relabel/presses")
    relabel.page.reload()
    relabel.expect_face(relabel.first + 1)
    relabel.expect_saved()
    assert events(dataset_id) == [(relabel.first, EventKind.LABEL, "sad")]


def test_a_press_whose_answer_was_lost_is_sent_again_and_stored_once(
    open_relabel: OpenRelabel, add_set: AddSet, events: Events
):
    dataset_id = add_set("lost")
    relabel = open_relabel("dataset=lost")
    lost: list[int] = []

    def lose_the_first(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    relabel.page.route("**/api/relabel/presses", lose_the_first)
    relabel.press("6")
    relabel.expect_saved()
    assert lost == [200]
    assert events(dataset_id) == [(relabel.first, EventKind.LABEL, "sad")]


def test_a_refusal_is_shown_as_a_sentence_and_the_press_waits(
    open_relabel: OpenRelabel, add_set: AddSet
):
    add_set("refused")
    relabel = open_relabel("dataset=refused")
    answer = {"status": 403, "json": {"error": "Not from here."}}
    relabel.page.route("**/api/relabel/presses", lambda route: route.fulfill(**answer))
    relabel.press("6")
    expect(relabel.status).to_have_text("Not from here. (1 waiting)")
    expect(relabel.status).to_have_attribute("data-state", "error")
