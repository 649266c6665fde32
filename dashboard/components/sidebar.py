"""The sidebar: which data set the pages show and who is at work."""

import streamlit as st

from core.services import datasets
from dashboard import state
from dashboard.components import brand
from dashboard.components.figures import palette


def draw() -> None:
    """Draw the pickers; the data set and the name stay in the URL, so a link restores both."""
    names = [row.name for row in datasets.datasets(state.workspace()) if row.is_complete]
    state.take_next_dataset(names)
    st.logo(brand.wordmark(palette().text), size="large", icon_image=brand.MARK)
    with st.sidebar:
        if names:
            st.selectbox("Data set", names, key=state.DATASET_KEY, bind="query-params")
        st.text_input(
            "Annotator",
            value=state.default_annotator(),
            key=state.ANNOTATOR_KEY,
            bind="query-params",
            max_chars=100,
            help="Written beside every change you make.",
        )
