"""A report that the dashboard makes, opened from disk without any network."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

OpenPage = Callable[..., Page]

pytestmark = pytest.mark.browser


@pytest.fixture
def report(open_page: OpenPage, tmp_path: Path) -> Path:
    """The report of the two finished runs, by a press on the Results page."""
    page = open_page("results?dataset=faces")
    with page.expect_download() as download:
        page.get_by_role("button", name="Report").click()
    assert download.value.suggested_filename == "faces-report.html"
    download.value.save_as(tmp_path / "report.html")
    return tmp_path / "report.html"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_report_reads_offline_on_a_phone_and_prints(report: Path, browser: Browser, mode: str):
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, color_scheme=mode, offline=True
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("request", lambda sent: faults.extend([] if sent.url[:5] == "file:" else [sent.url]))
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 22, 27)"}[mode]
    page.emulate_media(media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    context.close()
    assert faults == []
