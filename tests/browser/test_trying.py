"""Trying faces in a real browser, on a real inference process."""

from collections.abc import Callable, Iterator

import pytest
import torch
from playwright.sync_api import Page, expect

from core.configs import TrainConfig
from core.ml.checkpoints import save
from core.ml.models import build
from core.services import experiments
from core.workspace import Workspace

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@pytest.fixture
def weights(site_workspace: Workspace) -> Iterator[None]:
    """Random weights for the first run."""
    run = min(experiments.runs(site_workspace), key=lambda one: one.id)
    torch.manual_seed(0)
    path = site_workspace.run_dir(run.id) / "model.pt"
    save(build(TrainConfig.from_json(run.config)).state_dict(), path)
    yield
    path.unlink()


def test_faces_of_an_upload_are_judged_and_one_is_kept(
    open_page: OpenPage, weights: None, two_faces: bytes
):
    page = open_page("try?dataset=faces&try_run=1")
    page.locator("input[type=file]").set_input_files(
        {"name": "two.png", "mimeType": "image/png", "buffer": two_faces}
    )
    expect(page.get_by_text("2 faces in two.png")).to_be_visible()
    expect(page.locator(".fi-odds")).to_have_count(2, timeout=60_000)
    page.get_by_role("button", name="Keep this face").first.click()
    page.get_by_role("button", name="Add to the data set").click()
    expect(page.get_by_text("Kept as image")).to_be_visible()


def test_a_test_face_is_part_of_the_address(open_page: OpenPage, weights: None):
    page = open_page("try?dataset=faces&try_run=1&try_from=A+test+face")
    expect(page.locator(".fi-odds")).to_have_count(1, timeout=60_000)
    page.get_by_role("spinbutton", name="Image").fill("30")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Image 30, labeled")).to_be_visible()
    page.wait_for_url("**try_image=30**")
