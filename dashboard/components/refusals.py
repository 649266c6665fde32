"""What cannot be done is said in a sentence, and the page goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import FeelingItError


@contextmanager
def told() -> Iterator[None]:
    """Show a refusal as a toast: for what a press sets off, before the page is drawn anew."""
    try:
        yield
    except FeelingItError as error:
        st.toast(str(error), icon=":material/error:")


@contextmanager
def shown() -> Iterator[None]:
    """Show a refusal in the place of what could not be drawn."""
    try:
        yield
    except FeelingItError as error:
        st.error(str(error))
