"""The relabel page under real keys: what is stored, what is on screen, and what survives."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.services import curation, queues
from core.services.queue_specs import QueueKind, QueueSpec
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, ImageState

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
AddSet = Callable[..., int]
Settle = Callable[[Page], None]
TOUCH_PX = 44


def shown(page: Page) -> int:
    page.wait_for_selector("img[data-face]")
    return int(page.locator("img[data-face]").get_attribute("data-face") or 0)


def expect_loaded(page: Page, image_id: int) -> None:
    """Wait until a face ahead has come from the server."""
    page.wait_for_function(
        "id => performance.getEntriesByType('resource').some("
        "entry => entry.name.includes(`/api/relabel/faces/${id}?`) && entry.responseEnd > 0)",
        arg=image_id,
    )


def expect_face(page: Page, image_id: int) -> None:
    expect(page.locator(f'img[data-face="{image_id}"]')).to_be_visible()


def status(page: Page) -> Locator:
    return page.locator("[data-part=status]")


def expect_saved(page: Page) -> None:
    expect(status(page)).to_have_attribute("data-waiting", "0", timeout=15_000)
    expect(status(page)).to_have_text("Saved")


def events(workspace: Workspace, dataset_id: int) -> list[tuple[int, EventKind, str]]:
    """Return image, kind and new value of a set's events, oldest first."""
    found = curation.history(workspace, dataset_id, limit=1000)[::-1]
    return [(event.image_id, event.kind, event.new) for event in found]


def action(page: Page, name: str) -> Locator:
    return page.locator(f".actions [data-action={name}]")


def test_keys_1_to_7_label_seven_faces(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("keys")
    page = open_page("relabel?dataset=keys&annotator=ada")
    first = shown(page)
    for number in range(7):
        expect_face(page, first + number)
        page.keyboard.press(str(number + 1))
    expect_face(page, first + 7)
    expect_saved(page)
    stored = curation.history(site_workspace, dataset_id)[::-1]
    assert [event.image_id for event in stored] == list(range(first, first + 7))
    assert [event.new for event in stored] == [emotion.value for emotion in EMOTIONS]
    assert {event.annotator for event in stored} == {"ada"}
    assert stored[3].kind is EventKind.CONFIRM


def test_every_press_at_40_ms_gaps_is_stored_for_the_face_that_was_on_screen(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("fast", 80)
    page = open_page("relabel?dataset=fast")
    first = shown(page)
    page.evaluate(
        """() => {
            const roots = [...document.querySelectorAll("*")].map(e => e.shadowRoot)
            const root = roots.find(one => one?.querySelector("img[data-face]"))
            const face = () => Number(root.querySelector("img[data-face]").dataset.face)
            window.pressed = []
            document.addEventListener("keydown", () => window.pressed.push(face()), true)
        }"""
    )
    for _ in range(60):
        page.keyboard.press("6")
        page.wait_for_timeout(40)
    expect_saved(page)
    labeled = [image_id for image_id, _, _ in events(site_workspace, dataset_id)]
    assert labeled == list(range(first, first + 60))
    assert page.evaluate("window.pressed") == labeled


def test_space_confirms_and_x_skips(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("space")
    page = open_page("relabel?dataset=space")
    first = shown(page)
    page.keyboard.press("x")
    expect_face(page, first + 1)
    page.keyboard.press("Space")
    expect_face(page, first + 2)
    expect_saved(page)
    assert events(site_workspace, dataset_id) == [(first + 1, EventKind.CONFIRM, "happy")]


def test_d_and_a_number_drop_with_a_reason_and_escape_leaves(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("drop")
    page = open_page("relabel?dataset=drop")
    first = shown(page)
    page.keyboard.press("d")
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=reasons]")).to_be_hidden()
    page.keyboard.press("d")
    page.keyboard.press("2")
    expect_face(page, first + 1)
    action(page, "drop").click()
    page.locator("[data-part=reasons] button", has_text="several faces").click()
    expect_face(page, first + 2)
    expect_saved(page)
    reasons = [curation.find_image(site_workspace, first + n).drop_reason for n in (0, 1)]
    assert reasons == ["unreadable", "several faces"]
    page.keyboard.press("ArrowLeft")
    expect(action(page, "drop")).to_contain_text("Restore")
    page.keyboard.press("d")
    expect_saved(page)
    assert curation.find_image(site_workspace, first + 1).state is ImageState.KEPT
    assert len(events(site_workspace, dataset_id)) == 3


@pytest.mark.parametrize("key", ["u", "Control+z"])
def test_undo_goes_back_to_the_face_and_its_label(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace, key: str
):
    add_set(f"undo-{key[0]}")
    page = open_page(f"relabel?dataset=undo-{key[0]}")
    first = shown(page)
    page.keyboard.press("6")
    page.keyboard.press("7")
    expect_face(page, first + 2)
    page.keyboard.press(key)
    expect_face(page, first + 1)
    page.keyboard.press(key)
    expect_face(page, first)
    expect_saved(page)
    expect(page.locator("[data-part=facts]")).to_contain_text("Label nowHappy")
    assert curation.find_image(site_workspace, first).label is Emotion.HAPPY


def test_undo_after_a_reload_goes_back_to_the_newest_press(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace, settle: Settle
):
    add_set("undo-reload")
    page = open_page("relabel?dataset=undo-reload")
    first = shown(page)
    page.keyboard.press("6")
    expect_saved(page)
    page.reload()
    settle(page)
    expect_face(page, first + 1)
    page.keyboard.press("u")
    expect_face(page, first)
    assert curation.find_image(site_workspace, first).label is Emotion.HAPPY
    page.keyboard.press("u")
    expect(status(page)).to_have_text("There is nothing of yours to undo here.")


def test_arrows_move_and_store_nothing(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("arrows")
    page = open_page("relabel?dataset=arrows")
    first = shown(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect_face(page, first + 2)
    page.keyboard.press("ArrowLeft")
    expect_face(page, first + 1)
    assert events(site_workspace, dataset_id) == []


def test_the_question_mark_shows_the_keys_and_no_key_labels_meanwhile(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("overlay")
    page = open_page("relabel?dataset=overlay")
    first = shown(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("6")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert shown(page) == first
    assert events(site_workspace, dataset_id) == []


def test_z_shows_every_pixel_a_whole_number_of_times(open_page: OpenPage, add_set: AddSet):
    add_set("zoom")
    page = open_page("relabel?dataset=zoom")
    shown(page)
    widths = []
    for _ in range(3):
        widths.append(page.locator("img[data-face]").bounding_box()["width"])
        page.keyboard.press("z")
    assert widths == [384, 768, 1536]


def test_keys_do_nothing_while_one_types_holds_a_key_or_uses_a_modifier(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("typing")
    page = open_page("relabel?dataset=typing")
    first = shown(page)
    page.get_by_role("textbox", name="Annotator").press_sequentially("6")
    page.keyboard.press("Backspace")
    page.get_by_role("heading", name="Relabel").click()
    for key in ("Control+6", "Alt+6", "Meta+6", "r", "c", "8"):
        page.keyboard.press(key)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    assert shown(page) == first
    page.keyboard.down("6")
    for _ in range(5):
        page.keyboard.down("6")  # what the browser sends while a key is held
    page.keyboard.up("6")
    expect_face(page, first + 1)
    expect_saved(page)
    assert len(events(site_workspace, dataset_id)) == 1


def test_a_reload_goes_on_where_one_was_and_a_new_queue_starts_over(
    open_page: OpenPage, add_set: AddSet, settle: Settle, site_workspace: Workspace
):
    dataset_id = add_set("reload", 40)
    page = open_page("relabel?dataset=reload")
    first = shown(page)
    for _ in range(5):
        page.keyboard.press("x")
    page.wait_for_url(f"**face={first + 5}*")
    page.reload()
    settle(page)
    expect_face(page, first + 5)
    page.goto(page.url.replace(f"face={first + 5}", "queue=random&seed=3"))
    settle(page)
    shuffled = QueueSpec(kind=QueueKind.RANDOM, seed=3)
    expect_face(page, queues.page(site_workspace, dataset_id, shuffled)[0])


def test_two_annotators_of_one_queue_get_different_faces(open_page: OpenPage, add_set: AddSet):
    add_set("shared", 60)
    first = shown(open_page("relabel?dataset=shared&annotator=ada"))
    second = shown(open_page("relabel?dataset=shared&annotator=grace"))
    assert first != second


def test_presses_made_while_the_server_is_down_arrive_when_it_is_back(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace, server: Any
):
    dataset_id = add_set("offline", 40)
    page = open_page("relabel?dataset=offline")
    first = shown(page)
    expect_loaded(page, first + 4)
    server.kill()
    try:
        for _ in range(4):
            page.keyboard.press("6")
        expect_face(page, first + 4)
        expect(status(page)).to_have_text("Offline: 4 waiting")
    finally:
        server.start()
    expect_saved(page)
    assert [found[0] for found in events(site_workspace, dataset_id)] == [
        first + n for n in range(4)
    ]


def test_presses_that_waited_when_the_page_was_closed_arrive_at_the_next_visit(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("closed")
    page = open_page("relabel?dataset=closed")
    first = shown(page)
    page.route("**/api/relabel/presses", lambda route: route.abort())
    page.keyboard.press("6")
    expect(status(page)).to_have_text("Offline: 1 waiting")
    page.unroute("**/api/relabel/presses")
    page.reload()
    expect_face(page, first + 1)
    expect_saved(page)
    assert events(site_workspace, dataset_id) == [(first, EventKind.LABEL, "sad")]


def test_a_press_whose_answer_was_lost_is_sent_again_and_stored_once(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("lost")
    page = open_page("relabel?dataset=lost")
    first = shown(page)
    lost: list[int] = []

    def lose_the_first(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/api/relabel/presses", lose_the_first)
    page.keyboard.press("6")
    expect_saved(page)
    assert lost == [200]
    assert events(site_workspace, dataset_id) == [(first, EventKind.LABEL, "sad")]


def test_a_refusal_is_shown_as_a_sentence_and_the_press_waits(open_page: OpenPage, add_set: AddSet):
    add_set("refused")
    page = open_page("relabel?dataset=refused")
    shown(page)
    answer = {"status": 403, "json": {"error": "Not from here."}}
    page.route("**/api/relabel/presses", lambda route: route.fulfill(**answer))
    page.keyboard.press("6")
    expect(status(page)).to_have_text("Not from here. (1 waiting)")
    expect(status(page)).to_have_attribute("data-state", "error")


def test_details_come_after_the_face(open_page: OpenPage):
    page = open_page("relabel?dataset=faces")
    shown(page)
    expect(page.get_by_role("heading", name="Looks alike")).to_be_visible()
    expect(page.locator("[data-part=facts]")).to_contain_text("train/angry/0.png")
    page.locator("[data-part=look-alikes] button").first.click()
    expect(page.locator("[data-part=facts]")).not_to_contain_text("train/angry/0.png")


def test_blind_hides_what_others_said_and_a_press_is_a_vote(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("blind")
    page = open_page("relabel?dataset=blind&blind=true&annotator=ada")
    first = shown(page)
    expect(page.get_by_role("heading", name="Looks alike")).to_be_visible()
    panel = page.locator("[data-part=panel]")
    expect(panel).not_to_contain_text("appy")
    expect(action(page, "confirm")).to_be_disabled()
    page.keyboard.press("Space")
    page.keyboard.press("6")
    expect_face(page, first + 1)
    expect_saved(page)
    assert events(site_workspace, dataset_id) == [(first, EventKind.VOTE, "sad")]
    assert curation.find_image(site_workspace, first).label is Emotion.HAPPY


def test_a_phone_has_large_buttons_for_everything(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("phone")
    page = open_page("relabel?dataset=phone", width=390)
    first = shown(page)
    for button in page.locator(".work button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= TOUCH_PX
    page.get_by_role("button", name="Sad").click()
    expect_face(page, first + 1)
    action(page, "undo").click()
    expect_face(page, first)
    expect_saved(page)
    assert [kind for _, kind, _ in events(site_workspace, dataset_id)] == [EventKind.LABEL] * 2
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_last_face_is_followed_by_a_way_back(open_page: OpenPage, add_set: AddSet):
    add_set("end", 2)
    page = open_page("relabel?dataset=end")
    first = shown(page)
    page.keyboard.press("x")
    page.keyboard.press("x")
    expect(page.get_by_text("That was the last face of this queue.")).to_be_visible()
    page.get_by_role("button", name="Start over").click()
    expect_face(page, first)


def test_t_and_a_number_give_a_tag_that_a_click_takes_away(
    open_page: OpenPage, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("tags")
    page = open_page("relabel?dataset=tags")
    first = shown(page)
    tag = page.locator("[data-part=tags] button").filter(has_text="glasses")
    page.keyboard.press("t")
    page.keyboard.press("2")
    expect(tag).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    tag.click()
    expect(tag).to_have_attribute("aria-pressed", "false")
    expect_saved(page)
    assert shown(page) == first
    kinds = [kind for _, kind, _ in events(site_workspace, dataset_id)]
    assert kinds == [EventKind.TAG, EventKind.UNTAG]
