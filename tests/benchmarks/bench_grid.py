"""Time the grid on all real faces in Chromium: from a cold browser, and after a filter changes."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from core.services.importing import import_path
from core.settings import Settings
from core.workspace import open_workspace

ROOT = Path(__file__).parents[2]
UNPACK = ROOT.parent / "shared" / "fer2013" / "unpack"
ROUNDS = 7
FIRST_LIMIT_S, FILTER_LIMIT_S = 1.5, 0.3
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
# Resolves two frames after a wall for another page or queue than `before` has its picture decoded.
SHOWN = """before => new Promise(done => {
  const desk = () => {
    for (const host of document.querySelectorAll("*")) {
      const found = host.shadowRoot?.querySelector(".grid-desk")
      if (found) return found
    }
    return document.querySelector(".grid-desk")
  }
  const look = async () => {
    const root = desk()
    if (!root?.dataset.drawn || root.dataset.drawn === before || !root.querySelector(".face"))
      return requestAnimationFrame(look)
    const picture = new Image()
    picture.src = root.querySelector(".wall").style.getPropertyValue("--sheet").slice(4, -1)
    await picture.decode()
    requestAnimationFrame(() => requestAnimationFrame(() =>
      done([root.dataset.drawn, root.querySelectorAll(".face").length, performance.now()])))
  }
  look()
})"""

WATCH = """() => {
  const note = event => (window.pressedAt = event.timeStamp)
  addEventListener("keydown", note, { capture: true, once: true })
}"""


def main() -> None:
    if not UNPACK.exists():
        sys.exit(f"The real faces are not at {UNPACK.parent}; there is nothing to measure.")
    with TemporaryDirectory() as name:
        data = Path(os.environ.get("BENCH_DATA", name))
        n_faces = filled(data, Path(name))
        with served(data) as address, sync_playwright() as playwright:
            path = shutil.which("chromium") or playwright.chromium.executable_path
            warm_up(playwright.chromium.launch(executable_path=path, args=FLAGS), address)
            cold = [cold_seconds(playwright, path, address) for _ in range(ROUNDS)]
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            changes = filter_seconds(browser, address)
            browser.close()
    print(f"faces in the set                      {n_faces:,}")
    report("cold browser to the first face", cold, FIRST_LIMIT_S)
    report("filter change to 200 faces shown", changes, FILTER_LIMIT_S)
    if median(cold) > FIRST_LIMIT_S or median(changes) > FILTER_LIMIT_S:
        sys.exit("The grid is slower than promised.")


def report(what: str, seconds: list[float], limit: float) -> None:
    spread = f"{min(seconds):.3f} to {max(seconds):.3f}"
    print(
        f"{what:36}  {median(seconds):.3f} s  ({spread}, median of {len(seconds)}; limit {limit})"
    )


def filled(data: Path, scratch: Path) -> int:
    workspace = open_workspace(Settings(data=data, database_url=None))
    if not (data / "imported").exists():
        folder = scratch / "faces"
        subprocess.run([sys.executable, UNPACK, folder], check=True, capture_output=True)
        import_path(workspace, folder, name="fer")
        (data / "imported").touch()
    with workspace.reading() as session:
        n_faces = session.connection().exec_driver_sql("SELECT count(*) FROM image").scalar_one()
    workspace.engine.dispose()
    return int(n_faces)


class served:  # noqa: N801  # reads as `with served(data) as address`
    def __init__(self, data: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {**os.environ, "FEELINGIT_DATA": str(data)}

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:app", "--port", str(self.port)]
        quiet = [*command, "--log-level", "warning"]
        self.process = subprocess.Popen(quiet, cwd=ROOT, env=self.environment)
        address = f"http://127.0.0.1:{self.port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                return address
            except OSError:
                time.sleep(0.1)
        sys.exit("The dashboard did not start.")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


def warm_up(browser: Browser, address: str) -> None:
    """The server's first page imports every module; that is its start, not the browser's."""
    page = browser.new_page()
    page.goto(f"{address}/grid")
    page.evaluate(SHOWN, "")
    browser.close()


def cold_seconds(playwright: object, path: str, address: str) -> float:
    """A new process with an empty cache, from the navigation's start to the first face."""
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)  # type: ignore[attr-defined]  # Playwright
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/grid", wait_until="commit")
    _, n_faces, at_ms = page.evaluate(SHOWN, "")
    browser.close()
    assert n_faces == 200
    return float(at_ms) / 1000


def filter_seconds(browser: Browser, address: str) -> list[float]:
    """From the key that chooses another emotion in a filter to its 200 faces shown."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.goto(f"{address}/grid?emotion=happy")
    drawn, _, _ = page.evaluate(SHOWN, "")
    seconds = []
    for emotion in ("Sad", "Fear", "Neutral", "Angry", "Disgust", "Happy", "Sad"):
        time.sleep(1.5)  # letters close together would be one word to the browser
        at_ms = choose(page, emotion)
        drawn, n_faces, shown_ms = page.evaluate(SHOWN, drawn)
        assert n_faces == 200
        seconds.append((shown_ms - at_ms) / 1000)
    return seconds


def choose(page: Page, emotion: str) -> float:
    """Choose a label by its first letter; return when the key went down, in the page's clock."""
    page.get_by_role("combobox", name="Label now").focus()
    page.evaluate(WATCH)
    page.keyboard.press(emotion[0])
    return float(page.evaluate("window.pressedAt"))


if __name__ == "__main__":
    main()
