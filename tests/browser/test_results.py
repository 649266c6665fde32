"""The Results page in a real browser: cells are pressed and walked by key."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def test_a_cell_opens_its_faces_and_the_link_carries_it(open_page: OpenPage):
    page = open_page("results?dataset=faces")
    cell = page.get_by_role("grid").get_by_role("button", name="fear").first
    cell.click()
    expect(page.get_by_text("of #1 Fast, no mask")).to_be_visible()
    expect(cell).to_have_attribute("aria-pressed", "true")
    assert "cell=" in page.url


def test_arrow_keys_walk_the_cells_and_enter_opens_one(open_page: OpenPage):
    page = open_page("results?dataset=faces")
    cells = page.get_by_role("grid").get_by_role("button")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(cells.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("link", name="Relabel the wrong ones among them")).to_be_visible()


def test_the_faces_of_a_slice_are_relabeled_in_a_queue_of_it(open_page: OpenPage):
    page = open_page("results?dataset=faces&results_slice=leak-free")
    page.get_by_role("grid").get_by_role("button").nth(2).click()
    page.get_by_role("link", name="Relabel the wrong ones among them").click()
    expect(page.get_by_role("heading", name="Relabel")).to_be_visible()
    assert "slice=leak-free" in page.url
    assert "run=1" in page.url
    page.wait_for_selector("img[data-face]")


def test_a_cell_of_the_confusion_matrix_opens_its_faces(open_page: OpenPage):
    page = open_page("results?dataset=faces&results_part=Confusion+and+errors")
    cell = page.get_by_role("button", name="Angry taken for angry")
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("label angry").first).to_be_visible()


def test_a_link_by_hand_opens_the_differences_to_a_run(open_page: OpenPage):
    page = open_page("results?dataset=faces&results_baseline=1&results_slice=leak-free")
    cell = page.get_by_role("grid").get_by_role("button", name="paired by image").first
    expect(cell).to_be_visible()
    expect(page.get_by_role("combobox", name="Test images")).to_be_visible()
    assert "results_baseline=1" in page.url


def test_a_cell_of_the_crossed_masks_opens_its_faces(open_page: OpenPage):
    page = open_page("results?dataset=faces&results_part=masks")
    cell = page.get_by_role("button", name="no mask in training, no mask in testing")
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("of #1 Fast, no mask")).to_be_visible()


def test_a_difference_on_compare_opens_the_faces_behind_it(open_page: OpenPage):
    page = open_page("compare?dataset=faces&compare_runs=2,1")
    cell = page.get_by_role("button", name="Fear:")
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("of #2 and #1 labelled fear")).to_be_visible()
    assert "compare_runs=2" in page.url
