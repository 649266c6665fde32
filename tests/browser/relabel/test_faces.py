"""Which faces the relabel page shows, to whom, and what it says of them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from core.services import curation
from core.workspace import Workspace
from db.enums import Emotion, EventKind

pytestmark = pytest.mark.browser

OpenRelabel = Callable[..., Any]
AddSet = Callable[..., int]
Events = Callable[[int], list[tuple[int, EventKind, str]]]
TOUCH_PX = 44


def test_two_annotators_of_one_queue_get_different_faces(
    open_relabel: OpenRelabel, add_set: AddSet
):
    add_set("shared", 60)
    first = open_relabel("dataset=shared&annotator=ada").first
    second = open_relabel("dataset=shared&annotator=grace").first
    assert first != second


def test_details_come_after_the_face(open_relabel: OpenRelabel):
    relabel = open_relabel("dataset=faces")
    expect(relabel.page.get_by_role("heading", name="Looks alike")).to_be_visible()
    expect(relabel.page.locator("[data-part=facts]")).to_contain_text("train/angry/0.png")
    relabel.page.locator("[data-part=look-alikes] button").first.click()
    expect(relabel.page.locator("[data-part=facts]")).not_to_contain_text("train/angry/0.png")


def test_blind_hides_what_others_said_and_a_press_is_a_vote(
    open_relabel: OpenRelabel, add_set: AddSet, site_workspace: Workspace, events: Events
):
    dataset_id = add_set("blind")
    relabel = open_relabel("dataset=blind&blind=true&annotator=ada")
    expect(relabel.page.get_by_role("heading", name="Looks alike")).to_be_visible()
    panel = relabel.page.locator("[data-part=panel]")
    expect(panel).not_to_contain_text("appy")
    expect(relabel.action("confirm")).to_be_disabled()
    relabel.press("Space", "6")
    relabel.expect_face(relabel.first + 1)
    relabel.expect_saved()
    assert events(dataset_id) == [(relabel.first, EventKind.VOTE, "sad")]
    assert curation.find_image(site_workspace, relabel.first).label is Emotion.HAPPY


def test_a_phone_has_large_buttons_for_everything(
    open_relabel: OpenRelabel, add_set: AddSet, events: Events
):
    dataset_id = add_set("phone")
    relabel = open_relabel("dataset=phone", width=390)
    for button in relabel.page.locator(".work button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= TOUCH_PX
    relabel.page.get_by_role("button", name="Sad").click()
    relabel.expect_face(relabel.first + 1)
    relabel.action("undo").click()
    relabel.expect_face(relabel.first)
    relabel.expect_saved()
    assert [kind for _, kind, _ in events(dataset_id)] == [EventKind.LABEL] * 2
    assert relabel.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_last_face_is_followed_by_a_way_back(open_relabel: OpenRelabel, add_set: AddSet):
    add_set("end", 2)
    relabel = open_relabel("dataset=end")
    relabel.press("x", "x")
    expect(relabel.page.get_by_text("That was the last face of this queue.")).to_be_visible()
    relabel.page.get_by_role("button", name="Start over").click()
    relabel.expect_face(relabel.first)
