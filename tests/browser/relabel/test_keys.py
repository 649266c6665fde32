"""The relabel page under real keys: what is stored, and what is on screen meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from core.services import curation
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, ImageState

pytestmark = pytest.mark.browser

OpenRelabel = Callable[..., Any]
AddSet = Callable[..., int]
Events = Callable[[int], list[tuple[int, EventKind, str]]]


def test_keys_1_to_7_label_seven_faces(
    open_relabel: OpenRelabel, add_set: AddSet, site_workspace: Workspace
):
    dataset_id = add_set("keys")
    relabel = open_relabel("dataset=keys&annotator=ada")
    for number in range(7):
        relabel.expect_face(relabel.first + number)
        relabel.press(str(number + 1))
    relabel.expect_face(relabel.first + 7)
    relabel.expect_saved()
    stored = curation.history(site_workspace, dataset_id)[::-1]
    assert [event.image_id for event in stored] == list(range(relabel.first, relabel.first + 7))
    assert [event.new for event in stored] == [emotion.value for emotion in EMOTIONS]
    assert {event.annotator for event in stored} == {"ada"}
    assert stored[3].kind is EventKind.CONFIRM


def test_every_press_at_40_ms_gaps_is_stored_for_the_face_that_was_on_screen(
    open_relabel: OpenRelabel, add_set: AddSet, events: Events
):
    dataset_id = add_set("fast", 80)
    relabel = open_relabel("dataset=fast")
    relabel.page.evaluate(
        """() => {
            const roots = [...document.querySelectorAll("*")].map(e => e.shadowRoot)
            const root = roots.find(one => one?.querySelector("img[data-face]"))
            const face = () => Number(root.querySelector("img[data-face]").dataset.face)
            window.pressed = []
            document.addEventListener("keydown", () => window.pressed.push(face()), true)
        }"""
    )
    for _ in range(60):
        relabel.press("6")
        relabel.page.wait_for_timeout(40)
    relabel.expect_saved()
    labeled = [image_id for image_id, _, _ in events(dataset_id)]
    assert labeled == list(range(relabel.first, relabel.first + 60))
    assert relabel.page.evaluate("window.pressed") == labeled


def test_space_confirms_and_x_skips(open_relabel: OpenRelabel, add_set: AddSet, events: Events):
    dataset_id = add_set("space")
    relabel = open_relabel("dataset=space")
    relabel.press("x")
    relabel.expect_face(relabel.first + 1)
    relabel.press("Space")
    relabel.expect_face(relabel.first + 2)
    relabel.expect_saved()
    assert events(dataset_id) == [(relabel.first + 1, EventKind.CONFIRM, "happy")]


def test_d_and_a_number_drop_with_a_reason_and_escape_leaves(
    open_relabel: OpenRelabel, add_set: AddSet, site_workspace: Workspace, events: Events
):
    dataset_id = add_set("drop")
    relabel = open_relabel("dataset=drop")
    relabel.press("d", "Escape")
    expect(relabel.page.locator("[data-part=reasons]")).to_be_hidden()
    relabel.press("d", "2")
    relabel.expect_face(relabel.first + 1)
    relabel.action("drop").click()
    relabel.page.locator("[data-part=reasons] button", has_text="several faces").click()
    relabel.expect_face(relabel.first + 2)
    relabel.expect_saved()
    reasons = [curation.find_image(site_workspace, relabel.first + n).drop_reason for n in (0, 1)]
    assert reasons == ["unreadable", "several faces"]
    relabel.press("ArrowLeft")
    expect(relabel.action("drop")).to_contain_text("Restore")
    relabel.press("d")
    relabel.expect_saved()
    assert curation.find_image(site_workspace, relabel.first + 1).state is ImageState.KEPT
    assert len(events(dataset_id)) == 3


@pytest.mark.parametrize("key", ["u", "Control+z"])
def test_undo_goes_back_to_the_face_and_its_label(
    open_relabel: OpenRelabel, add_set: AddSet, site_workspace: Workspace, key: str
):
    add_set(f"undo-{key[0]}")
    relabel = open_relabel(f"dataset=undo-{key[0]}")
    relabel.press("6", "7")
    relabel.expect_face(relabel.first + 2)
    relabel.press(key)
    relabel.expect_face(relabel.first + 1)
    relabel.press(key)
    relabel.expect_face(relabel.first)
    relabel.expect_saved()
    expect(relabel.page.locator("[data-part=facts]")).to_contain_text("Label nowHappy")
    assert curation.find_image(site_workspace, relabel.first).label is Emotion.HAPPY


def test_arrows_move_and_store_nothing(open_relabel: OpenRelabel, add_set: AddSet, events: Events):
    dataset_id = add_set("arrows")
    relabel = open_relabel("dataset=arrows")
    relabel.press("ArrowRight", "ArrowRight")
    relabel.expect_face(relabel.first + 2)
    relabel.press("ArrowLeft")
    relabel.expect_face(relabel.first + 1)
    assert events(dataset_id) == []


def test_the_question_mark_shows_the_keys_and_no_key_labels_meanwhile(
    open_relabel: OpenRelabel, add_set: AddSet, events: Events
):
    dataset_id = add_set("overlay")
    relabel = open_relabel("dataset=overlay")
    relabel.press("?")
    expect(relabel.page.get_by_role("dialog", name="Keys")).to_be_visible()
    relabel.press("6", "Escape")
    expect(relabel.page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert relabel.shown() == relabel.first
    assert events(dataset_id) == []


def test_z_shows_every_pixel_a_whole_number_of_times(open_relabel: OpenRelabel, add_set: AddSet):
    add_set("zoom")
    relabel = open_relabel("dataset=zoom")
    widths = []
    for _ in range(3):
        widths.append(relabel.page.locator("img[data-face]").bounding_box()["width"])
        relabel.press("z")
    assert widths == [384, 768, 1536]


def test_keys_do_nothing_while_one_types_holds_a_key_or_uses_a_modifier(
    open_relabel: OpenRelabel, add_set: AddSet, events: Events
):
    dataset_id = add_set("typed-into")
    relabel = open_relabel("dataset=typed-into")
    relabel.page.get_by_role("textbox", name="Annotator").press_sequentially("6")
    relabel.press("Backspace")
    relabel.page.get_by_role("heading", name="Relabel").click()
    for key in ("Control+6", "Alt+6", "Meta+6", "r", "c", "8"):
        relabel.press(key)
    relabel.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    assert relabel.shown() == relabel.first
    relabel.page.keyboard.down("6")
    for _ in range(5):
        relabel.page.keyboard.down("6")  # what the browser sends while a key is held
    relabel.page.keyboard.up("6")
    relabel.expect_face(relabel.first + 1)
    relabel.expect_saved()
    assert len(events(dataset_id)) == 1


def test_t_and_a_number_give_a_tag_that_a_click_takes_away(
    open_relabel: OpenRelabel, add_set: AddSet, events: Events
):
    dataset_id = add_set("tags")
    relabel = open_relabel("dataset=tags")
    tag = relabel.page.locator("[data-part=tags] button").filter(has_text="glasses")
    relabel.press("t", "2")
    expect(tag).to_have_attribute("aria-pressed", "true")
    relabel.press("Escape")
    tag.click()
    expect(tag).to_have_attribute("aria-pressed", "false")
    relabel.expect_saved()
    assert relabel.shown() == relabel.first
    kinds = [kind for _, kind, _ in events(dataset_id)]
    assert kinds == [EventKind.TAG, EventKind.UNTAG]
