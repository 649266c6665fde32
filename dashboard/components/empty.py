"""What a page shows when there is nothing to show yet: what is missing and the way to it."""

import streamlit as st

from core.services.terms import DatasetRow
from dashboard import state


def empty(message: str, *, page: str, label: str) -> None:
    """Draw an empty state: one sentence and a link to the page where the next step is done."""
    with st.container(border=True, gap="small"):
        st.markdown(message)
        st.page_link(page, label=label, icon=":material/arrow_forward:")


def require_dataset() -> DatasetRow:
    """Return the chosen data set; in an empty workspace say how to fill it and end the page."""
    dataset = state.chosen_dataset()
    if dataset is None:
        empty(
            "There are no faces yet. Import a data set, or make the drawn sample faces to look "
            "around.",
            page="views/importing.py",
            label="Import faces",
        )
        st.stop()
    return dataset
