"""Likely wrong labels in the browser: the ranked faces, their list, and the queue they make."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.services import issues, jobs, versions
from core.workspace import Workspace
from db.enums import Emotion
from db.rows import NewIssue

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
AddSet = Callable[..., int]


@pytest.fixture(scope="module")
def doubted(site_workspace: Workspace, add_set: AddSet) -> list[int]:
    """The faces of the set `doubted`, all labeled happy: the last is the likeliest wrong."""
    dataset_id = add_set("doubted")
    job = issues.enqueue_issues(site_workspace, "doubted")
    jobs.request_cancel(site_workspace, job.id)
    ids = versions.face_set(site_workspace, job.payload["version"]).image_ids.tolist()
    found = [
        NewIssue(image_id=one, label=Emotion.HAPPY, suggested=Emotion.SAD, score=0.4 - n / 100)
        for n, one in enumerate(ids)
    ]
    issues.record_issues(site_workspace, dataset_id, found, job_id=job.id)
    return ids


def test_ranked_faces_show_score_and_suggestion_and_are_listed_in_a_file(
    open_page: OpenPage, doubted: list[int], tmp_path: Path
):
    page = open_page("issues?dataset=doubted")
    expect(page.locator(".fi-issues")).to_contain_text("score 0.290")
    expect(page.locator(".fi-issues")).to_contain_text("sad?")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "issues.csv")
    with (tmp_path / "issues.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert rows[0] == {
        "image": "train/happy/011.png", "label": "happy", "suggested": "sad", "score": "0.290000",
    }  # fmt: skip


def test_the_queue_of_likely_wrong_labels_begins_with_the_worst_and_says_why(
    open_page: OpenPage, doubted: list[int]
):
    page = open_page("relabel?dataset=doubted&queue=likely_wrong&annotator=ada")
    expect(page.locator(f'img[data-face="{doubted[-1]}"]')).to_be_visible()
    expect(page.locator("[data-part=issue]")).to_have_text("0.290: taken for Sad, not Happy")
    page.keyboard.press("6")
    expect(page.locator(f'img[data-face="{doubted[-2]}"]')).to_be_visible()
    expect(page.locator("[data-part=issue]")).to_have_text("0.300: taken for Sad, not Happy")
