"""The relabel page as an annotator uses it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from core.services import curation
from core.workspace import Workspace
from db.enums import EventKind

SAVED_WITHIN_MS = 15_000


class RelabelPage:
    """An open relabel page; `first` is the id of the face that it showed first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.first = self.shown()

    def shown(self) -> int:
        """Return the id of the face on screen."""
        self.page.wait_for_selector("img[data-face]")
        return int(self.page.locator("img[data-face]").get_attribute("data-face") or 0)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def action(self, name: str) -> Locator:
        """Return the button of an action."""
        return self.page.locator(f".actions [data-action={name}]")

    @property
    def status(self) -> Locator:
        return self.page.locator("[data-part=status]")

    def expect_face(self, image_id: int) -> None:
        expect(self.page.locator(f'img[data-face="{image_id}"]')).to_be_visible()

    def expect_saved(self) -> None:
        expect(self.status).to_have_attribute("data-waiting", "0", timeout=SAVED_WITHIN_MS)
        expect(self.status).to_have_text("Saved")

    def expect_loaded(self, image_id: int) -> None:
        """Wait until a face ahead has come from the server."""
        self.page.wait_for_function(
            "id => performance.getEntriesByType('resource').some("
            "entry => entry.name.includes(`/api/relabel/faces/${id}?`) && entry.responseEnd > 0)",
            arg=image_id,
        )


@pytest.fixture
def open_relabel(open_page: Callable[..., Page]) -> Callable[..., RelabelPage]:
    """Return the function that opens the relabel page at a query, as `open_page` does."""

    def open_one(query: str, **how: int) -> RelabelPage:
        return RelabelPage(open_page(f"relabel?{query}", **how))

    return open_one


@pytest.fixture
def events(site_workspace: Workspace) -> Callable[[int], list[tuple[int, EventKind, str]]]:
    """Return the function that lists a set's events, oldest first: image, kind and new value."""

    def found(dataset_id: int) -> list[tuple[int, EventKind, str]]:
        stored = curation.history(site_workspace, dataset_id, limit=1000)[::-1]
        return [(event.image_id, event.kind, event.new) for event in stored]

    return found
