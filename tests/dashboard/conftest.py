"""Pages run in this process by Streamlit's AppTest, on a workspace of the test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.workspace import Workspace

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Return a function that opens a view of the dashboard, with a query, as a browser would."""
    monkeypatch.setenv("FEELINGIT_DATA", str(workspace.data_dir))
    monkeypatch.setattr("dashboard.components.training.ensure_supervisor", lambda _: False)
    monkeypatch.setattr("dashboard.components.jobs.ensure_supervisor", lambda _: False)
    monkeypatch.setattr("dashboard.components.queue_board.ensure_supervisor", lambda _: False)
    monkeypatch.setattr("dashboard.components.issues.ensure_supervisor", lambda _: False)
    monkeypatch.setattr(
        "dashboard.components.saliency_maps.missing.ensure_supervisor", lambda _: False
    )
    monkeypatch.setattr("dashboard.components.networks.ensure_supervisor", lambda _: False)
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
