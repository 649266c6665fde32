"""What the server process loads and how it meets errors."""

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request

from core.errors import UnknownRunError
from core.workspace import Workspace
from dashboard.routes.health import ROUTES, health

OPEN_ALL = """
import sys
from pathlib import Path
import dashboard.asgi
from streamlit.testing.v1 import AppTest
folder = Path(dashboard.asgi.__file__).parent
page = AppTest.from_file(str(folder / "app.py"), default_timeout=60).run()
for view in sorted(folder.glob("views/[a-z]*.py")):
    page.switch_page(f"views/{view.name}").run()
    assert not page.exception, (view.name, page.exception)
print([name for name in ("torch", "torchvision", "captum") if name in sys.modules])
"""


def test_no_page_loads_torch(filled: Workspace):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OPEN_ALL],
        env={"FEELINGIT_DATA": str(filled.data_dir), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_health_route_says_that_feelingit_answers():
    with ThreadPoolExecutor() as beside:  # Playwright keeps an event loop in this thread
        response = beside.submit(asyncio.run, health(Request({"type": "http"}))).result()
    assert json.loads(response.body) == {"app": "feelingit", "status": "ok"}
    assert [route.path for route in ROUTES] == ["/api/health"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnknownRunError("7"), "There is no run '7'"),
        (ZeroDivisionError("x"), "the reason is in the server's log"),
    ],
)
def test_an_error_that_no_page_expects_is_still_a_sentence(monkeypatch, error, said):
    from dashboard import asgi

    shown: list[str] = []
    monkeypatch.setattr("streamlit.error", shown.append)
    assert asgi.show_script_error(error)
    assert said in shown[0]
