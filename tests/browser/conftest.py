"""The dashboard in its own process on a filled workspace, and a real Chromium that looks at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from core.images.encoding import encode
from core.services import datasets
from core.services.importing import import_records
from core.settings import Settings
from core.sources.records import SourceRecord
from core.workspace import Workspace, open_workspace
from db.enums import Emotion, Split

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
START_S = 60
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def site_workspace(
    tmp_path_factory: pytest.TempPathFactory, fill: Callable[..., None]
) -> Iterator[Workspace]:
    """The workspace that the server shows."""
    folder = tmp_path_factory.mktemp("site")
    opened = open_workspace(Settings(data=folder / "data", database_url=None))
    fill(opened)
    yield opened
    opened.engine.dispose()


class Server:
    """The dashboard in a process of its own that can be killed and started again."""

    def __init__(self, data_dir: Path, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, "FEELINGIT_DATA": str(data_dir)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:app", "--port", str(self.port)]
        with self._log.open("a") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=output, stderr=subprocess.STDOUT
            )
        _wait_until_up(self.address, self._process, self._log)

    def kill(self) -> None:
        """End it as kill -9 does: it can neither finish nor tidy anything."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=10)


@pytest.fixture(scope="session")
def server(site_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard on the shared workspace, running."""
    started = Server(site_workspace.data_dir, tmp_path_factory.mktemp("server") / "server.log")
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def site(server: Server) -> str:
    """The address of a running dashboard."""
    return server.address


@pytest.fixture(scope="session")
def add_set(site_workspace: Workspace) -> Callable[..., int]:
    """Return a function that imports faces of one shade each as happy and returns the set's id."""

    def add(name: str, n_faces: int = 12) -> int:
        records = [
            SourceRecord(path, path, Split.TRAIN, Emotion.HAPPY, encode(shade))
            for path, shade in (
                (f"train/happy/{n:03}.png", np.full((48, 48), n, dtype=np.uint8))
                for n in range(n_faces)
            )
        ]
        report = import_records(site_workspace, records, name=name)
        assert report.added == n_faces, f"another test has a set named {name}"
        return datasets.find_dataset(site_workspace, name).id

    return add


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine; without one the tests are skipped, or fail where CI=true."""
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path)
        if not Path(path).exists():
            reason = "no Chromium on PATH; `make test` gets one"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(
    browser: Browser, site: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """Return a function that opens a page, waits for it, and checks that nothing went wrong.

    Afterwards no JavaScript error may have happened and nothing may have been fetched elsewhere.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(path: str = "", *, mode: str = "light", width: int = 1280) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=mode, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda sent: faults.extend(_elsewhere(sent.url, site)))
        page.goto(f"{site}/{path}")
        settle(page)
        return page

    yield open_one
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=tmp_path / f"{number}.png", full_page=True)
        context.close()
    assert not faults


def settle(page: Page) -> None:
    """Wait until no script runs; fail on an error box or a dialog."""
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning] h1", timeout=30_000
    )
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator("[role=dialog]").count() == 0


@pytest.fixture(name="settle")
def settle_fixture() -> Callable[[Page], None]:
    """Return the function that waits until a page is at rest."""
    return settle


def _elsewhere(url: str, site: str) -> list[str]:
    local = (site, site.replace("http", "ws", 1), "data:", "blob:")
    return [] if url.startswith(local) else [f"fetched {url}"]


def _wait_until_up(site: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            if urllib.request.urlopen(f"{site}/_stcore/health", timeout=1).read() == b"ok":
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The dashboard did not start:\n{log.read_text()}")
