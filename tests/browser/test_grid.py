"""The grid in a real browser, by real keys: select, label, undo, drop, tag, pages, touch."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from core.services import curation, datasets
from core.workspace import Workspace
from db.enums import Emotion, ImageState

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
AddSet = Callable[..., int]
SAID = "[data-part=said]"


def open_grid(open_page: OpenPage, name: str, **query: str) -> Page:
    page = open_page("grid?" + urlencode({"dataset": name, "annotator": "ada"} | query))
    expect(page.locator(".face").first).to_be_visible()
    return page


def selected(page: Page) -> Locator:
    return page.locator('.face[aria-selected="true"]')


def labels(workspace: Workspace, dataset_id: int) -> list[Emotion]:
    counts = datasets.counts(workspace, dataset_id)
    return [count.emotion for count in counts for _ in range(count.current)]


def test_a_range_is_labelled_and_taken_back_by_keys(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset = add_set("wall", 12)
    page = open_grid(open_page, "wall")
    page.locator(".face").nth(1).click()
    page.locator(".face").nth(4).click(modifiers=["Shift"])
    expect(selected(page)).to_have_count(4)
    page.keyboard.press("6")
    expect(page.locator(SAID)).to_have_text("4 faces labelled Sad.")
    assert labels(site_workspace, dataset).count(Emotion.SAD) == 4
    expect(selected(page)).to_have_count(4)
    page.keyboard.press("u")
    expect(page.locator(SAID)).to_have_text("Undone: 4 faces back as before.")
    assert labels(site_workspace, dataset).count(Emotion.SAD) == 0
    events = curation.history(site_workspace, dataset)
    assert len(events) == 8
    assert len({event.batch for event in events}) == 2


def test_faces_are_selected_by_keys_alone(open_page: OpenPage, add_set: AddSet):
    add_set("keyed", 12)
    page = open_grid(open_page, "keyed")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(selected(page)).to_have_count(2)
    page.keyboard.press("Shift+ArrowRight")
    expect(selected(page)).to_have_count(3)
    page.keyboard.press("Escape")
    expect(selected(page)).to_have_count(0)


def test_many_faces_are_labelled_after_a_question_only(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset = add_set("many", 30)
    page = open_grid(open_page, "many")
    page.keyboard.press("Control+a")
    page.keyboard.press("1")
    expect(page.locator("[data-part=question]")).to_have_text("Label 30 faces Angry?")
    page.keyboard.press("Escape")
    assert Emotion.ANGRY not in labels(site_workspace, dataset)
    expect(selected(page)).to_have_count(30)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(SAID)).to_have_text("30 faces labelled Angry.")
    assert labels(site_workspace, dataset) == [Emotion.ANGRY] * 30


def test_faces_are_dropped_with_a_reason_and_put_back(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset = add_set("dropping", 12)
    page = open_grid(open_page, "dropping", state="any")
    page.locator(".face").nth(0).click()
    page.keyboard.press("d")
    page.keyboard.press("2")
    expect(page.locator(SAID)).to_have_text("1 face dropped: unreadable.")
    expect(page.locator(".face.dropped")).to_have_count(1)
    event = curation.history(site_workspace, dataset)[0]
    image = curation.find_image(site_workspace, event.image_id)
    assert (image.state, image.drop_reason) == (ImageState.DROPPED, "unreadable")
    page.keyboard.press("b")
    expect(page.locator(SAID)).to_have_text("1 face put back.")


def test_a_tag_is_given_and_taken_by_the_same_keys(open_page: OpenPage, add_set: AddSet):
    add_set("tagging", 12)
    page = open_grid(open_page, "tagging")
    page.locator(".face").nth(0).click()
    for said in ("1 face tagged “glasses”.", "“glasses” taken from 1 face."):
        page.keyboard.press("t")
        page.keyboard.press("2")
        expect(page.locator(SAID)).to_have_text(said)


def test_a_large_set_has_pages_and_is_selected_as_a_whole(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset = add_set("large", 230)
    page = open_grid(open_page, "large")
    expect(page.locator(".face")).to_have_count(200)
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".face")).to_have_count(30)
    page.wait_for_url("**page=2**")
    page.get_by_role("button", name="Previous").click()
    expect(page.locator(".face")).to_have_count(200)
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Select all 230").click()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator(SAID)).to_have_text("230 faces labelled Fear.")
    assert labels(site_workspace, dataset) == [Emotion.FEAR] * 230


def test_keys_in_a_text_field_label_nothing(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset = add_set("typing", 12)
    page = open_grid(open_page, "typing")
    page.locator(".face").nth(0).click()
    page.get_by_role("textbox", name="Annotator").press_sequentially("d15")
    assert curation.history(site_workspace, dataset) == []
    expect(page.locator("[data-part=choice]")).to_be_hidden()


def test_the_grid_works_by_touch_on_a_phone(open_page: OpenPage, add_set: AddSet):
    add_set("touched", 24)
    page = open_page("grid?dataset=touched", width=390)
    page.locator(".face").nth(0).click()
    page.get_by_role("button", name="Range").click()
    page.locator(".face").nth(7).click()
    expect(selected(page)).to_have_count(8)
    page.get_by_role("button", name=re.compile("Fear")).click()
    expect(page.locator(SAID)).to_have_text("8 faces labelled Fear.")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_filter_chosen_by_key_shows_its_faces_and_stays_in_the_address(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset = add_set("filtered", 12)
    page = open_grid(open_page, "filtered")
    page.locator(".face").nth(2).click()
    page.keyboard.press("3")
    expect(page.locator(SAID)).to_have_text("1 face labelled Fear.")
    page.get_by_role("combobox", name="Label now").focus()
    page.keyboard.press("f")
    expect(page.locator(".face")).to_have_count(1)
    page.wait_for_url("**emotion=fear**")
    page.reload()
    expect(page.locator(".face")).to_have_count(1)
    expect(page.get_by_role("combobox", name="Label now")).to_have_value("fear")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator(".face")).to_have_count(12)
    assert labels(site_workspace, dataset).count(Emotion.FEAR) == 1


def test_keys_pressed_faster_than_the_server_answers_are_all_done_in_order(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset = add_set("quick", 12)
    page = open_grid(open_page, "quick")
    page.locator(".face").nth(0).click()
    for key in "1236":
        page.keyboard.press(key)
    expect(page.locator(SAID)).to_have_text("1 face labelled Sad.")
    events = curation.history(site_workspace, dataset)
    assert [event.new for event in events] == ["sad", "fear", "disgust", "angry"]


def test_what_is_being_typed_into_a_filter_stays_when_the_page_draws_anew(
    open_page: OpenPage, add_set: AddSet
):
    add_set("typed", 12)
    page = open_grid(open_page, "typed", queue="random", seed="1")
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("5")
    page.locator("button", has_text="Clear filters").evaluate(
        "button => button.parentElement.querySelector('[name=state]').dispatchEvent("
        "new Event('change', {bubbles: true}))"
    )
    expect(seed).to_have_value("5")
    seed.press("Enter")
    page.wait_for_url("**seed=5**")


def test_all_faces_of_a_filter_are_labelled_right_after_it_was_chosen(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset = add_set("hurried", 12)
    other = open_grid(open_page, "hurried")
    other.get_by_role("combobox", name="State").select_option("any")
    other.get_by_role("combobox", name="Queue").select_option("random")
    other.get_by_role("spinbutton", name="Seed").fill("5")
    other.keyboard.press("Enter")
    other.wait_for_url("**seed=5**")
    other.keyboard.press("Control+a")
    other.keyboard.press("4")
    expect(other.locator(SAID)).to_have_text("12 faces labelled Happy.")
    assert len(curation.history(site_workspace, dataset)) == 12
