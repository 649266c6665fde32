"""The web application: Streamlit's pages with our routes beside them, for `uvicorn`."""

import logging
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from core.errors import FeelingItError
from core.settings import Settings
from dashboard.routes import health, labeling, walls
from dashboard.routes.hosts import AllowedHosts

logger = logging.getLogger(__name__)

ROUTES = (*health.ROUTES, *labeling.ROUTES, *walls.ROUTES)


def show_script_error(error: Exception) -> bool:
    """Draw an error that reached no page's own handling as a sentence; its trace goes to the log.

    Returns:
        True: the error is shown, so that Streamlit adds nothing.
    """
    if isinstance(error, FeelingItError):
        st.error(str(error))
        return True
    logger.error("A page failed", exc_info=error)
    st.error(
        "This page failed and the reason is in the server's log; "
        "reload the page, and run `feelingit doctor` if it fails again."
    )
    return True


app = st.App(
    Path(__file__).with_name("app.py"),
    routes=ROUTES,
    middleware=[Middleware(AllowedHosts, names=Settings().host_names)],
    on_script_error=show_script_error,
)
