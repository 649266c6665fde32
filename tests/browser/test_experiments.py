"""The Experiments page in a real browser: jobs are stopped and moved from their menus."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from core.services import experiments, jobs
from core.services.versions import freeze
from core.workspace import Workspace
from db.enums import JobStatus, Mask, ModelName

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@pytest.fixture
def two_jobs(site_workspace: Workspace, add_set: Callable[..., int]) -> list[int]:
    """Two queued runs of a set of their own, after all that waits already."""
    add_set("queued", n_faces=7)
    digest = freeze(site_workspace, "queued").digest
    runs = [
        experiments.enqueue_training(
            site_workspace, version=digest, model=ModelName.FAST, mask=mask, seed=0
        )
        for mask in (Mask.NONE, Mask.EYES)
    ]
    return [run.job_id for run in runs]


def line(page: Page, job_id: int) -> Locator:
    return page.locator(f".st-key-experiments_job_{job_id}")


def choose(page: Page, job_id: int, action: str) -> None:
    line(page, job_id).get_by_role("button").last.click()
    page.get_by_role("menuitem", name=action).click()


def test_a_waiting_job_is_paused_moved_and_cancelled_from_its_line(
    open_page: OpenPage, site_workspace: Workspace, two_jobs: list[int]
):
    first, second = two_jobs
    page = open_page("experiments?dataset=queued")
    line(page, first).get_by_role("button", name="Pause").click()
    expect(line(page, first).get_by_role("button", name="Resume")).to_be_visible()
    choose(page, second, "Start next")
    expect(line(page, second).get_by_role("button", name="Pause")).to_be_visible()
    one, other = (f"div:has(> .st-key-experiments_job_{job})" for job in (second, first))
    expect(page.locator(f"{one} ~ {other}")).to_be_visible()
    positions = [jobs.find_job(site_workspace, job).position for job in (second, first)]
    assert positions == sorted(set(positions))
    for job in two_jobs:
        choose(page, job, "Cancel")
        expect(line(page, job)).to_contain_text("cancelled")
    assert {jobs.find_job(site_workspace, job).status for job in two_jobs} == {JobStatus.CANCELLED}


def test_a_recipe_is_read_and_changed_without_leaving_the_keyboard(open_page: OpenPage):
    page = open_page("experiments?dataset=faces")
    page.locator("summary", has_text="Recipe: weights to start from").focus()
    page.keyboard.press("Enter")
    settings = page.get_by_label("Further settings, one NAME=VALUE a line")
    settings.fill("speed=9")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("There is no training setting 'speed'")).to_be_visible()
    settings.fill("dropout=0.2")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("There is no training setting 'speed'")).to_be_hidden()
    expect(page.get_by_role("button", name="Queue 1 run")).to_be_enabled()
