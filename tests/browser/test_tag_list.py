"""The tags that a data set offers, as somebody at the Relabel page changes them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.services import tagging
from core.workspace import Workspace

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
ODD = "<b>hat</b> & *x* $y$"


def test_a_tag_of_odd_characters_is_offered_as_it_was_typed(
    open_page: OpenPage, site_workspace: Workspace, add_set: Callable[..., int]
):
    dataset_id = add_set("tagged")
    page = open_page("relabel?dataset=tagged&tags=edit")
    lines = page.get_by_role("textbox", name="One tag a line")
    expect(lines).to_have_value("\n".join(tagging.DEFAULT_TAGS))
    lines.fill(f"{ODD}\nbeard 1234567")
    page.get_by_role("button", name="Offer these").click()
    expect(page.get_by_role("button", name="Offer the usual ones")).to_be_visible()
    assert tagging.tag_list(site_workspace, dataset_id) == [ODD, "beard 1234567"]
    button = page.get_by_role("button", name=ODD, exact=True)
    expect(button).to_be_visible()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Offer the usual ones").click()
    expect(page.get_by_role("button", name="glasses")).to_be_visible()
