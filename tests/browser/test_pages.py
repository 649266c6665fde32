"""The pages in a real browser: they open, fit, take keys and import."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.images.encoding import encode
from core.services import curation, datasets
from core.services.importing import import_records
from core.sources.records import SourceRecord
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, Split

pytestmark = pytest.mark.browser

PATHS = ("", "import", "relabel", "duplicates", "experiments", "results", "saliency")
OpenPage = Callable[..., Page]
Settle = Callable[[Page], None]


def add_set(workspace: Workspace, name: str, n_faces: int = 12) -> int:
    """Import faces of one shade each, all labeled happy, and return the data set's id."""
    records = [
        SourceRecord(path, path, Split.TRAIN, Emotion.HAPPY, encode(shade))
        for path, shade in (
            (f"train/happy/{n:02}.png", np.full((48, 48), 10 * n, dtype=np.uint8))
            for n in range(n_faces)
        )
    ]
    import_records(workspace, records, name=name)
    return datasets.find_dataset(workspace, name).id


def face_on_screen(page: Page) -> int:
    return int(page.locator("img[data-face]").get_attribute("data-face") or 0)


def expect_face(page: Page, image_id: int) -> None:
    """Wait for a face and its keys, which come a moment after it."""
    expect(page.locator(f'img[data-face="{image_id}"]')).to_be_visible()
    expect(page.locator(f".st-key-relabel_skip_{image_id}")).to_be_visible()


@pytest.mark.parametrize(("mode", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_opens_and_fits(open_page: OpenPage, path: str, mode: str, width: int):
    page = open_page(path, mode=mode, width=width)
    assert page.locator("[data-testid=stAlertContentError]").count() == 0
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_figures_take_the_colours_of_the_dark_theme(open_page: OpenPage):
    page = open_page("", mode="dark")
    expect(page.locator(".ytick text").first).to_have_css("fill", "rgb(230, 232, 236)")


def test_keys_1_to_7_label_seven_faces(open_page: OpenPage, site_workspace: Workspace):
    dataset_id = add_set(site_workspace, "keys")
    page = open_page("relabel?dataset=keys&annotator=ada")
    first = face_on_screen(page)
    for number in range(7):
        expect_face(page, first + number)
        page.keyboard.press(str(number + 1))
    expect_face(page, first + 7)
    events = curation.history(site_workspace, dataset_id)[::-1]
    assert [event.image_id for event in events] == list(range(first, first + 7))
    assert [event.new for event in events] == [emotion.value for emotion in EMOTIONS]
    assert {event.annotator for event in events} == {"ada"}
    assert events[3].kind is EventKind.CONFIRM


def test_keys_faster_than_the_page_never_label_an_unseen_face(
    open_page: OpenPage, site_workspace: Workspace
):
    dataset_id = add_set(site_workspace, "fast")
    page = open_page("relabel?dataset=fast")
    first = face_on_screen(page)
    seen = {first}
    page.expose_function("sawFace", lambda image_id: seen.add(int(image_id)))
    page.evaluate(
        """() => new MutationObserver(() => {
            const face = document.querySelector("img[data-face]");
            if (face) window.sawFace(face.dataset.face);
        }).observe(document.body, {subtree: true, childList: true, attributes: true})"""
    )
    for _ in range(8):
        page.keyboard.press("6")
        page.wait_for_timeout(40)
    page.wait_for_timeout(1500)
    labeled = {event.image_id for event in curation.history(site_workspace, dataset_id)}
    assert first in labeled
    assert labeled <= seen


def test_a_reload_goes_on_where_one_was(
    open_page: OpenPage, site_workspace: Workspace, settle: Settle
):
    add_set(site_workspace, "reload")
    page = open_page("relabel?dataset=reload")
    first = face_on_screen(page)
    page.keyboard.press("x")
    expect_face(page, first + 1)
    page.reload()
    settle(page)
    expect_face(page, first + 1)


def test_u_takes_the_last_key_back(open_page: OpenPage, site_workspace: Workspace):
    add_set(site_workspace, "undo")
    page = open_page("relabel?dataset=undo")
    first = face_on_screen(page)
    page.keyboard.press("6")
    expect_face(page, first + 1)
    page.keyboard.press("u")
    expect_face(page, first)
    assert curation.find_image(site_workspace, first).label is Emotion.HAPPY


def test_keys_do_not_label_while_one_types(open_page: OpenPage, site_workspace: Workspace):
    dataset_id = add_set(site_workspace, "typing")
    page = open_page("relabel?dataset=typing")
    page.get_by_role("textbox", name="Annotator").press_sequentially("6")
    page.wait_for_timeout(500)
    assert curation.history(site_workspace, dataset_id) == []


def test_a_link_in_the_navigation_keeps_the_data_set(
    open_page: OpenPage, site_workspace: Workspace, settle: Settle
):
    add_set(site_workspace, "kept")
    page = open_page("?dataset=kept")
    page.get_by_role("link", name="Relabel").click()
    page.wait_for_url("**/relabel*")
    settle(page)
    assert "dataset=kept" in page.url


def test_a_folder_is_imported_and_becomes_the_chosen_set(open_page: OpenPage, tmp_path: Path):
    folder = tmp_path / "set" / "train" / "happy"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "1.png"), np.full((48, 48), 77, dtype=np.uint8))
    (folder / "2.png").write_bytes(b"no image")
    page = open_page("import")
    page.get_by_role("textbox", name="Path", exact=True).fill(str(tmp_path / "set"))
    page.get_by_role("textbox", name="Name of the data set").fill("imported")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Imported into imported")).to_be_visible()
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("imported")


def test_an_upload_is_imported(open_page: OpenPage, tmp_path: Path):
    csv = tmp_path / "fer2013.csv"
    csv.write_text(f"emotion,pixels,Usage\n3,{' '.join(['7'] * 2304)},Training\n")
    page = open_page("import")
    page.get_by_role("radio", name="Upload a file").click()
    page.locator("input[type=file]").set_input_files(csv)
    expect(page.get_by_text("fer2013.csv", exact=True).first).to_be_visible()
    page.get_by_role("textbox", name="Name of the data set").fill("uploaded")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Imported into uploaded")).to_be_visible()
