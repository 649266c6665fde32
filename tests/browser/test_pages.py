"""The pages in a real browser: they open, fit and import."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PATHS = (
    "",
    "import",
    "relabel",
    "grid",
    "duplicates",
    "issues",
    "annotators",
    "versions",
    "history",
    "experiments",
    "results",
    "compare",
    "saliency",
    "try",
)
OpenPage = Callable[..., Page]
Settle = Callable[[Page], None]


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


def test_a_link_in_the_navigation_keeps_the_data_set(
    open_page: OpenPage, add_set: Callable[..., int], settle: Settle
):
    add_set("kept")
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
