"""Pages run in this process by Streamlit's AppTest, on a workspace of the test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.workspace import Workspace
from dashboard.components import map_panel

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
OpenPage = Callable[..., AppTest]
STARTERS = (
    "training",
    "jobs",
    "queue_board",
    "issues",
    "saliency_maps.missing",
    "networks",
    "saliency_maps.faithful",
    "saliency_maps.hurting",
)
"""The components that start a supervisor, which pages under test must not."""


@pytest.fixture
def open_page(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Return a function that opens a view of the dashboard, with a query, as a browser would."""
    monkeypatch.setenv("FEELINGIT_DATA", str(workspace.data_dir))
    for module in STARTERS:
        name = f"dashboard.components.{module}.ensure_supervisor"
        monkeypatch.setattr(name, lambda _: False)
    st.cache_resource.clear()
    st.cache_data.clear()

    def open_view(view: str, **query: str) -> AppTest:
        page = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        if view != "overview":
            page.switch_page(f"views/{view}.py").run()
        return page

    return open_view


@pytest.fixture
def filled(workspace: Workspace, fill: Callable[..., None]) -> Workspace:
    """A workspace with faces, finished, failed and queued runs, and maps."""
    fill(workspace)
    return workspace


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What panels send to the browser, in the order drawn; AppTest runs no component."""
    sent: list[dict] = []
    monkeypatch.setattr(map_panel, "_panel", lambda **call: sent.append(call["data"]))
    return sent
