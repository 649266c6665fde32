"""Every page opens on an empty and on a filled workspace, and says what to do next."""

import pytest

from core.workspace import Workspace

VIEWS = (
    "overview",
    "importing",
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
    "try_face",
)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_in_an_empty_workspace(open_page, view):
    page = open_page(view)
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "importing"])
def test_an_empty_workspace_leads_to_import(open_page, view):
    assert "There are no faces yet." in " ".join(text.value for text in open_page(view).markdown)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_in_a_filled_workspace(open_page, filled: Workspace, view):
    page = open_page(view)
    assert not page.exception
    assert not page.error


def test_a_workspace_that_cannot_be_opened_is_one_sentence(open_page, monkeypatch):
    monkeypatch.setenv("FEELINGIT_DATA", "/dev/null/data")
    page = open_page("overview")
    assert "The workspace /dev/null/data cannot be used" in page.error[0].value
    assert not page.exception
